import { getEventListeners } from "node:events";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import type { FlowClaim, FlowStore, Storage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const graphs = [{ name: "sales", versions: ["1"] }];

interface Bench {
  readonly clock: ManualClock;
  readonly storage: Storage;
  readonly flows: FlowStore;
  create(id: string, afterMs?: number, graph?: string): Promise<boolean>;
  claim(leaseMs?: number): Promise<readonly FlowClaim[]>;
  /** Waits, and tells whether the wait is over. */
  wait(maxMs: number): { readonly isOver: () => Promise<boolean>; readonly over: Promise<void> };
}

function openBench(): Bench {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const { flows } = storage.tenant("acme");
  const later = (ms: number) => new Date(clock.now() + ms).toISOString();
  return {
    clock,
    storage,
    flows,
    create: (id, afterMs = 0, graph = "sales") =>
      flows.create({ id, graph, version: "1", input: null, dueAt: later(afterMs) }),
    claim: (leaseMs = 1000) => storage.queue.claim({ owner: "me", leaseMs, limit: 10, graphs }),
    wait(maxMs) {
      let isOver = false;
      const over = storage.queue.wait(maxMs).then(() => {
        isOver = true;
      });
      return {
        over,
        async isOver() {
          for (let turn = 0; turn < 10; turn++) await Promise.resolve();
          return isOver;
        },
      };
    },
  };
}

describe("the queue in memory", () => {
  it("gives a run at the very instant at which it is due, or its lease is over", async () => {
    const { clock, create, claim } = openBench();
    await create("1", 500);
    clock.advance(499);
    expect(await claim()).toEqual([]);
    clock.advance(1);
    expect(await claim(1000)).toMatchObject([{ id: "1", fence: 1 }]);
    clock.advance(999);
    expect(await claim()).toEqual([]);
    clock.advance(1);
    expect(await claim()).toMatchObject([{ id: "1", fence: 2 }]);
  });

  it("reckons a renewal from when it is made", async () => {
    const { clock, create, claim, storage } = openBench();
    await create("1");
    const claims = await claim(1000);
    clock.advance(900);
    expect(await storage.queue.renew(claims, 1000)).toEqual([]);
    clock.advance(999);
    expect(await claim()).toEqual([]);
    clock.advance(1);
    expect(await claim()).toMatchObject([{ fence: 2 }]);
  });

  it("holds no timer for runs, however many wait or will be due", async () => {
    const { clock, create, claim, flows } = openBench();
    for (let index = 0; index < 50; index++) await create(`${index}`, index * 1000);
    const claims = await claim();
    for (const { id, fence } of claims) {
      await flows.commit({ id, fence, rest: { status: "waiting", awaiting: ["answer"] } });
    }
    expect(clock.pendingTimers).toBe(0);
  });

  it("holds one timer for all who wait, and none once they have gone", async () => {
    const { clock, create, wait } = openBench();
    for (let index = 1; index < 20; index++) await create(`${index}`, index * 1000);
    const waits = [wait(60_000), wait(5_000), wait(30_000)];
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    await Promise.all(waits.map(({ over }) => over));
    expect(clock.pendingTimers).toBe(0);
  });

  it("wakes a sleeper when the next run is due, and not before", async () => {
    const { clock, create, wait, claim } = openBench();
    await create("1", 2000);
    await claim();
    const sleeper = wait(10_000);
    await create("2", 1500);
    clock.advance(1499);
    expect(await sleeper.isOver()).toBe(false);
    clock.advance(1);
    expect(await sleeper.isOver()).toBe(true);
  });

  it("wakes a sleeper when the lease of another is over, and not when it is prolonged", async () => {
    const { clock, create, wait, claim, storage } = openBench();
    await create("1");
    const claims = await claim(1000);
    const sleeper = wait(10_000);
    clock.advance(900);
    await storage.queue.renew(claims, 1000);
    clock.advance(999);
    expect(await sleeper.isOver()).toBe(false);
    clock.advance(1);
    expect(await sleeper.isOver()).toBe(true);
  });

  it("lets a sleeper go when its own time is over, and only that one", async () => {
    const { clock, wait } = openBench();
    const [short, long] = [wait(1000), wait(3000)];
    clock.advance(1000);
    expect([await short.isOver(), await long.isOver()]).toEqual([true, false]);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(2000);
    expect(await long.isOver()).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not sleep through what came between a claim and the wait", async () => {
    const { clock, create, wait, claim } = openBench();
    await claim();
    await create("1");
    expect(await wait(10_000).isOver()).toBe(true);
    await claim();
    await create("2", 100);
    clock.advance(100);
    expect(await wait(10_000).isOver()).toBe(true);
    await claim(0);
    expect(await wait(10_000).isOver()).toBe(false);
  });

  it("sleeps although a run is due that nobody here can run", async () => {
    const { clock, create, wait, claim } = openBench();
    await create("foreign", 0, "unknown graph");
    await claim();
    const sleeper = wait(1000);
    clock.advance(999);
    expect(await sleeper.isOver()).toBe(false);
    await create("own");
    expect(await sleeper.isOver()).toBe(true);
  });

  it("does not sleep while there is more than a claim took", async () => {
    const { create, wait, storage } = openBench();
    for (const id of ["1", "2", "3"]) await create(id);
    const claim = () => storage.queue.claim({ owner: "me", leaseMs: 1000, limit: 2, graphs });
    expect((await claim()).length).toBe(2);
    expect(await wait(10_000).isOver()).toBe(true);
    expect((await claim()).length).toBe(1);
    expect(await wait(10_000).isOver()).toBe(false);
  });

  it("takes a claim of no runs for no look at what is due", async () => {
    const { create, wait, claim, storage } = openBench();
    const claimNone = () => storage.queue.claim({ owner: "me", leaseMs: 1000, limit: 0, graphs });
    await claim();
    await claimNone();
    expect(await wait(10_000).isOver()).toBe(false);
    await create("1");
    await claimNone();
    expect(await wait(10_000).isOver()).toBe(true);
  });

  it("leaves no listener on a signal that outlives the wait", async () => {
    const { clock, storage } = openBench();
    const { signal } = new AbortController();
    for (let index = 0; index < 3; index++) {
      const waiting = storage.queue.wait(1000, { signal });
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
      clock.advance(1000);
      await waiting;
      expect(getEventListeners(signal, "abort")).toEqual([]);
    }
  });

  it("forgets who aborted, and their timer", async () => {
    const { clock, storage } = openBench();
    const caller = new AbortController();
    const waiting = storage.queue.wait(1000, { signal: caller.signal });
    expect(clock.pendingTimers).toBe(1);
    caller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no timer behind when the storage is closed", async () => {
    const { clock, storage } = openBench();
    const waiting = storage.queue.wait(1000);
    await storage[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "store.closed" });
    expect(clock.pendingTimers).toBe(0);
  });

  it("runs a transaction again whose run was claimed meanwhile", async () => {
    const { create, claim, storage } = openBench();
    await create("1");
    let tries = 0;
    await storage.tenant("acme").transaction(async ({ flows }) => {
      tries += 1;
      await flows.deliver("1", { name: "answer", payload: tries });
      if (tries === 1) await claim();
    });
    expect(tries).toBe(2);
    expect(await storage.tenant("acme").flows.load("1", 1)).toMatchObject({
      record: { status: "running", fence: 1 },
      events: [{ name: "answer", payload: 2 }],
    });
  });
});

describe("by the host's clock", () => {
  it("claims of effects and approvals are over at the very instant that they name", async () => {
    const clock = manualClock();
    const { effects, approvals } = memoryStorage({ clock }).tenant("acme");
    const end = new Date(clock.now() + 1000).toISOString();
    const effect = { key: "1", effect: "mail", target: "ada", input: 1, owner: "me", leaseUntil: end };
    await effects.claim(effect);
    const request = { agent: "bdr", tool: "mail", callId: "1", argumentsHash: "hash", arguments: 1 };
    const requestedAt = new Date(clock.now()).toISOString();
    for (const id of ["pending", "approved"]) {
      await approvals.request({ id, ...request, requestedAt, expiresAt: end });
    }
    await approvals.decide("approved", { status: "approved", by: "ada" });

    clock.advance(999);
    expect((await effects.get("1"))?.status).toBe("claimed");
    expect((await approvals.get("approved"))?.status).toBe("approved");
    clock.advance(1);
    expect((await effects.get("1"))?.status).toBe("unknown");
    expect(await approvals.use("approved", "hash")).toBe(undefined);
    expect(await approvals.decide("pending", { status: "approved", by: "ada" })).toBe(undefined);
    expect((await approvals.list({ status: "expired" })).items.map(({ id }) => id)).toEqual([
      "approved",
      "pending",
    ]);
  });

  it("effects are counted from the instant at which they were settled", async () => {
    const clock = manualClock();
    const { effects } = memoryStorage({ clock }).tenant("acme");
    const leaseUntil = new Date(clock.now() + 60_000).toISOString();
    await effects.claim({ key: "1", effect: "mail", target: "ada", input: 1, owner: "me", leaseUntil });
    clock.advance(1000);
    const since = new Date(clock.now()).toISOString();
    await effects.settle("1", "me", { status: "done", result: null });
    const after = new Date(clock.now() + 1).toISOString();
    expect(await effects.countDone({ target: "ada", since })).toBe(1);
    expect(await effects.countDone({ target: "ada", since: after })).toBe(0);
  });

  it("what is left behind counts for a gate as long as it may have happened since then", async () => {
    const clock = manualClock();
    const { effects } = memoryStorage({ clock }).tenant("acme");
    const leaseUntil = new Date(clock.now() + 1000).toISOString();
    await effects.claim({ key: "1", effect: "mail", target: "ada", input: 1, owner: "me", leaseUntil });
    const count = (since: string) => effects.countDone({ target: "ada", since, forGate: true });
    clock.advance(5000);
    expect(await count(leaseUntil)).toBe(1);
    expect(await count(new Date(Date.parse(leaseUntil) + 1).toISOString())).toBe(0);
  });
});
