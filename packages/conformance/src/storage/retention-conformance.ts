import type { MessageRecord, TenantStorage } from "@salesagent/ports";
import { ADA, fillWith, readAllStores } from "./sample-person.js";
import {
  at,
  sampleAudit,
  sampleFact,
  sampleMessage,
  sampleModelCall,
  sampleRun,
  sampleStep,
  sampleSummary,
} from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO, sampleEntry, sampleItem } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const NONE = {
  ...{ checkpoints: 0, flows: 0, runs: 0, effects: 0, approvals: 0 },
  ...{ messages: 0, audit: 0, budgets: 0, expired: 0 },
  ...{ syncRuns: 0, syncEntries: 0, conflicts: 0, deadLetters: 0, inbox: 0, streams: 0 },
};

const runIds = async ({ runs }: TenantStorage) => (await runs.list()).items.map(({ id }) => id).sort();

/** Dropping what need not be kept: records, and what has expired. */
export function retentionConformance({ describe, it, expect, open }: StorageSuite): void {
  const ended = (id: string, finishedAt: string) =>
    sampleRun(id, { status: "completed", startedAt: LONG_AGO, finishedAt });

  describe("retention-store/1", () => {
    it("drops nothing that it was not told of", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, ADA);
      const before = await readAllStores(acme);
      expect(await acme.retention.prune({})).toEqual(NONE);
      const limits = { runs: undefined, audit: LONG_AGO, messages: LONG_AGO, flows: LONG_AGO };
      expect(await acme.retention.prune(limits)).toEqual(NONE);
      expect(await readAllStores(acme)).toEqual(before);
    });

    it("drops runs of agents that ended before a time, with their steps and model calls", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { runs, steps, modelCalls, retention } = acme;
      await runs.putMany([
        ended("old", at(9)),
        ended("just then", at(10)),
        sampleRun("undated", { status: "cancelled", startedAt: at(9) }),
        sampleRun("young", { status: "failed", startedAt: at(10) }),
      ]);
      for (const runId of ["old", "just then"]) {
        await steps.putMany([sampleStep(runId, 0), sampleStep(runId, 1)]);
        await modelCalls.addMany([sampleModelCall(`call of ${runId}`, { runId })]);
      }
      await modelCalls.addMany([sampleModelCall("call of nobody")]);
      expect(await retention.prune({ runs: at(10) })).toEqual({ ...NONE, runs: 2 });
      expect(await runIds(acme)).toEqual(["just then", "young"]);
      expect((await steps.list("old")).items).toEqual([]);
      expect((await steps.list("just then")).items.length).toBe(2);
      expect((await modelCalls.list()).items.map(({ id }) => id)).toEqual([
        ...["call of just then", "call of nobody"],
      ]);
      expect(await retention.prune({ runs: at(10) })).toEqual(NONE);
    });

    it("never drops a run of an agent that has not ended", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const statuses = ["pending", "running", "waiting"] as const;
      await acme.runs.putMany(statuses.map((status) => sampleRun(status, { status, startedAt: LONG_AGO })));
      expect(await acme.retention.prune({ runs: FAR_AHEAD })).toEqual(NONE);
      expect(await runIds(acme)).toEqual([...statuses]);
    });

    it("drops threads whose last message is older than a time, whole", async () => {
      await using storage = await open();
      const { messages, retention } = storage.tenant("acme");
      const say = (thread: string, ...seconds: readonly number[]) =>
        messages.append(
          thread,
          seconds.map((second) => sampleMessage(`${second}`, { createdAt: at(second) })),
        );
      await say("old", 1, 12, 9);
      await say("just then", 1, 10);
      await say("young", 1, 2);
      await say("young", 20);
      for (const thread of ["old", "young"]) await messages.summarise(thread, sampleSummary(1));
      expect(await retention.prune({ messages: at(10) })).toEqual({ ...NONE, messages: 1 });
      expect(await messages.thread("old")).toBe(undefined);
      expect((await messages.list("old")).items).toEqual([]);
      expect(await messages.thread("just then")).toEqual({ threadId: "just then", length: 2 });
      expect(await messages.thread("young")).toMatchObject({ length: 3, summary: { upTo: 1 } });
      expect(await messages.append("old", [sampleMessage("anew")])).toBe(0);
      expect(await messages.thread("old")).toEqual({ threadId: "old", length: 1 });
    });

    it("drops audit records of before a time", async () => {
      await using storage = await open();
      const { audit, retention } = storage.tenant("acme");
      await audit.addMany([
        sampleAudit("1", { at: at(10) }),
        sampleAudit("2", { at: at(9) }),
        sampleAudit("3", { at: at(11) }),
      ]);
      expect(await retention.prune({ audit: at(10) })).toEqual({ ...NONE, audit: 1 });
      expect((await audit.list()).items.map(({ id }) => id)).toEqual(["1", "3"]);
    });

    it("drops no more than it may of each kind, the oldest first, until there are none", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { runs, messages, audit, retention } = acme;
      const order = [3, 1, 4, 0, 2];
      await runs.putMany(order.map((second) => ended(`${second}`, at(second))));
      await audit.addMany(order.map((second) => sampleAudit(`${second}`, { at: at(second) })));
      for (const second of order) {
        const said: Omit<MessageRecord, "threadId" | "index"> = sampleMessage("a", { createdAt: at(second) });
        await messages.append(`${second}`, [said, said]);
      }
      const left = async () => ({
        runs: await runIds(acme),
        audit: (await audit.list()).items.map(({ id }) => id).sort(),
        threads: (await Promise.all(order.map((thread) => messages.thread(`${thread}`))))
          .flatMap((thread) => thread?.threadId ?? [])
          .sort(),
      });
      const want = { runs: at(4), messages: at(4), audit: at(4), limit: 3 };
      expect(await retention.prune(want)).toEqual({ ...NONE, runs: 3, messages: 3, audit: 3 });
      expect(await left()).toEqual({ runs: ["3", "4"], audit: ["3", "4"], threads: ["3", "4"] });
      expect(await retention.prune(want)).toEqual({ ...NONE, runs: 1, messages: 1, audit: 1 });
      expect(await retention.prune(want)).toEqual(NONE);
      expect(await left()).toEqual({ runs: ["4"], audit: ["4"], threads: ["4"] });
    });

    it("always drops answers, vectors and facts that are over, and no others", async () => {
      await using storage = await open();
      const { cache, vectors, facts, retention } = storage.tenant("acme");
      for (const expiresAt of [LONG_AGO, FAR_AHEAD]) {
        await cache.put(sampleEntry(`until ${expiresAt}`, { expiresAt }));
        await vectors.putMany("collection", [sampleItem(`until ${expiresAt}`, [1, 0], { expiresAt })]);
        await facts.putMany([sampleFact(`until ${expiresAt}`, { expiresAt })]);
      }
      await vectors.putMany("collection", [sampleItem("for ever", [1, 0])]);
      await facts.putMany([sampleFact("for ever")]);
      expect(await retention.prune({})).toEqual({ ...NONE, expired: 3 });
      expect(await retention.prune({})).toEqual(NONE);
      expect(await cache.prune()).toBe(0);
      expect((await cache.get(`until ${FAR_AHEAD}`))?.key).toBe(`until ${FAR_AHEAD}`);
      expect((await vectors.nearest("collection", Float32Array.of(1, 0))).length).toBe(2);
      expect((await facts.list()).items.length).toBe(2);
    });

    it("drops no more of what is over than it may in all", async () => {
      await using storage = await open();
      const { cache, vectors, facts, retention } = storage.tenant("acme");
      for (const id of ["1", "2"]) {
        await cache.put(sampleEntry(id, { expiresAt: LONG_AGO }));
        await vectors.putMany("collection", [sampleItem(id, [1, 0], { expiresAt: LONG_AGO })]);
        await facts.putMany([sampleFact(id, { expiresAt: LONG_AGO })]);
      }
      const counts: number[] = [];
      for (let round = 0; round < 3; round++) counts.push((await retention.prune({ limit: 4 })).expired);
      expect(counts).toEqual([4, 2, 0]);
    });

    it("leaves the records of other tenants alone", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      for (const { runs, audit, messages, cache } of [acme, other]) {
        await runs.putMany([ended("1", at(0))]);
        await audit.addMany([sampleAudit("1")]);
        await messages.append("thread", [sampleMessage("a")]);
        await cache.put(sampleEntry("1", { expiresAt: LONG_AGO }));
      }
      const want = { runs: FAR_AHEAD, audit: FAR_AHEAD, messages: FAR_AHEAD };
      const all = { ...NONE, runs: 1, audit: 1, messages: 1, expired: 1 };
      expect(await acme.retention.prune(want)).toEqual(all);
      expect(await acme.retention.prune(want)).toEqual(NONE);
      expect(await other.retention.prune(want)).toEqual(all);
    });

    it("refuses times that are none and limits out of range, and drops nothing", async () => {
      await using storage = await open();
      const { audit, cache, retention } = storage.tenant("acme");
      await audit.addMany([sampleAudit("1")]);
      await cache.put(sampleEntry("1", { expiresAt: LONG_AGO }));
      const kinds = ["checkpoints", "flows", "runs", "effects", "approvals", "messages", "budgets"];
      for (const kind of kinds) {
        await expect(retention.prune({ audit: FAR_AHEAD, [kind]: "yesterday" })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "retention", field: `want.${kind}` },
        });
      }
      for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) {
        await expect(retention.prune({ audit: FAR_AHEAD, limit })).rejects.toMatchObject({
          name: "RangeError",
        });
      }
      expect(await retention.prune({ limit: 10_000 })).toEqual({ ...NONE, expired: 1 });
      expect((await audit.list()).items.length).toBe(1);
    });
  });
}
