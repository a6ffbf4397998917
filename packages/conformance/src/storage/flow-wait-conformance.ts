import { type FlowSuite, settlesInTime } from "./flow-suite.js";
import { begin, beginWaiting, fenceOf, sampleStart } from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

const TOO_LONG_MS = 600_000;

/** Workers that sleep until there is something to do. */
export function flowWaitConformance({ describe, it, expect, open, patienceMs }: FlowSuite): void {
  type Stores = Parameters<typeof begin>[0];

  /** Each makes a run due: what is there before the wait, and what happens during it. */
  const wakings: Readonly<
    Record<string, { before?(stores: Stores): Promise<unknown>; during(stores: Stores): Promise<unknown> }>
  > = {
    "is created": { during: ({ flows }) => flows.create(sampleStart("1")) },
    "is delivered what it waits for": {
      before: (stores) => beginWaiting(stores, "1", ["answer"]),
      during: ({ flows }) => flows.deliver("1", { name: "answer", payload: 1 }),
    },
    "is asked to stop": {
      before: (stores) => beginWaiting(stores, "1", ["answer"], FAR_AHEAD),
      during: ({ flows }) => flows.stop("1", { by: "ada", reason: "enough" }),
    },
    "is put back": {
      before: (stores) => begin(stores, "1"),
      during: ({ flows }) =>
        flows.commit({ id: "1", fence: 1, rest: { status: "pending", dueAt: LONG_AGO } }),
    },
  };

  describe("flow-queue/1, waits", () => {
    for (const [what, { before, during }] of Object.entries(wakings)) {
      it(`wakes who waits when a run ${what}`, async () => {
        await using storage = await open();
        const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
        await before?.(acme);
        const caller = new AbortController();
        const waiting = [
          storage.queue.wait(TOO_LONG_MS, { signal: caller.signal }),
          storage.queue.wait(TOO_LONG_MS, { signal: caller.signal }),
        ];
        await during(acme);
        const ended = await Promise.all(waiting.map((wait) => settlesInTime(wait, patienceMs)));
        caller.abort();
        await Promise.allSettled(waiting);
        expect(ended).toEqual([true, true]);
      });
    }

    it("ends a wait when its time is over", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      expect(await storage.queue.wait(0)).toBe(undefined);
      const claim = await begin({ flows, queue: storage.queue }, "1");
      await flows.commit({ ...fenceOf(claim), rest: { status: "waiting", awaiting: ["a"] } });
      expect(await storage.queue.wait(1)).toBe(undefined);
    });

    it("rejects with the caller's reason as soon as he aborts", async () => {
      await using storage = await open();
      const caller = new AbortController();
      const waiting = storage.queue.wait(TOO_LONG_MS, { signal: caller.signal });
      const reason = new Error("the worker drains");
      caller.abort(reason);
      expect(await settlesInTime(waiting, patienceMs)).toBe(true);
      await expect(waiting).rejects.toBe(reason);
    });

    it("ends every wait when the storage is closed", async () => {
      const storage = await open();
      const waiting = [storage.queue.wait(TOO_LONG_MS), storage.queue.wait(TOO_LONG_MS)];
      const settled = Promise.all(waiting.map((wait) => settlesInTime(wait, patienceMs)));
      await storage[Symbol.asyncDispose]();
      expect(await settled).toEqual([true, true]);
      for (const wait of waiting) await expect(wait).rejects.toMatchObject({ code: "store.closed" });
    });

    it("refuses a time that is none", async () => {
      await using storage = await open();
      for (const maxMs of [-1, Number.NaN, 0.5]) {
        await expect(storage.queue.wait(maxMs)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "queue", field: "maxMs" },
        });
      }
    });
  });
}
