import type { FlowWrite, TenantStorage } from "@salesagent/ports";
import {
  begin,
  claimAndDie,
  claimIds,
  fenceOf,
  sampleApproval,
  sampleCheckpoint,
  sampleEffect,
  sampleStart,
  sampleStep,
} from "./sample-flows.js";
import { at, sampleRun } from "./sample-records.js";
import { amounts, claim, FAR_AHEAD, LONG_AGO, NOTHING, sampleReservation } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const ends: Readonly<Record<string, NonNullable<FlowWrite["rest"]>>> = {
  completed: { status: "completed", output: 1 },
  failed: { status: "failed", error: { code: "x", message: "y" } },
  cancelled: { status: "cancelled" },
};
const rests: Readonly<Record<string, NonNullable<FlowWrite["rest"]>>> = {
  waiting: { status: "waiting", awaiting: ["answer"] },
  pending: { status: "pending", dueAt: FAR_AHEAD },
};

function soonAfter(time: string | undefined): string {
  return new Date(Date.parse(time ?? "") + 1).toISOString();
}

/** Dropping what need not be kept of durable work, and of budgets. */
export function retentionWorkConformance({ describe, it, expect, open }: StorageSuite): void {
  /** Runs that got as far as one checkpoint, then rest or end; and one that goes on. */
  const beginAll = async (
    { flows }: TenantStorage,
    queue: Parameters<typeof begin>[0]["queue"],
    ways: Readonly<Record<string, FlowWrite["rest"]>>,
  ) => {
    for (const [id, rest] of Object.entries(ways)) {
      const held = await begin({ flows, queue }, id);
      await flows.deliver(id, { name: "news", payload: 1 });
      const progress = { checkpoint: sampleCheckpoint(1), steps: [sampleStep("2/a/0/x")] };
      await flows.commit({ ...fenceOf(held), ...progress, ...(rest === undefined ? {} : { rest }) });
    }
  };
  const dropped = async (pending: Promise<object>) =>
    Object.entries(await pending).filter(([, count]) => count !== 0);

  describe("retention-store/1, durable work", () => {
    it("drops runs of graphs that ended before a time, with all of theirs", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { flows, retention } = acme;
      await beginAll(acme, storage.queue, ends);
      const last = (await flows.list()).items.map(({ updatedAt }) => updatedAt).sort();
      expect(await dropped(retention.prune({ flows: last[0] }))).toEqual([]);
      expect(await dropped(retention.prune({ flows: soonAfter(last.at(-1)) }))).toEqual([["flows", 3]]);
      expect((await flows.list()).items).toEqual([]);
      for (const id of Object.keys(ends)) {
        expect(await flows.get(id)).toBe(undefined);
        expect((await flows.history(id)).items).toEqual([]);
        expect(await flows.reopen(id)).toBe(false);
        expect(await flows.create(sampleStart(id))).toBe(true);
        const state = await flows.load(id, 0);
        expect([state.record.seq, state.deltas, state.steps, state.events]).toEqual([0, [], [], []]);
      }
      expect([...(await claimIds(storage.queue))].sort()).toEqual(Object.keys(ends).sort());
    });

    it("never touches a run of a graph that has not ended", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { flows, retention } = acme;
      const live = { ...rests, running: undefined };
      await beginAll(acme, storage.queue, live);
      const read = () => Promise.all(Object.keys(live).map((id) => flows.load(id, 1)));
      const before = await read();
      expect(await dropped(retention.prune({ flows: FAR_AHEAD, checkpoints: FAR_AHEAD }))).toEqual([]);
      expect(await read()).toEqual(before);
      await flows.commit({ id: "running", fence: 1, checkpoint: sampleCheckpoint(2) });
      expect((await flows.history("running")).items.length).toBe(2);
    });

    it("drops what runs went on from that ended before a time, and keeps the runs on record", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { flows, retention } = acme;
      await beginAll(acme, storage.queue, ends);
      const before = (await flows.list()).items;
      const times = before.map(({ updatedAt }) => updatedAt).sort();
      expect(await dropped(retention.prune({ checkpoints: times[0] }))).toEqual([]);
      const want = { checkpoints: soonAfter(times.at(-1)) };
      expect(await dropped(retention.prune(want))).toEqual([["checkpoints", 3]]);
      expect(await dropped(retention.prune(want))).toEqual([]);
      expect((await flows.list()).items).toEqual(before);
      for (const id of Object.keys(ends)) {
        expect((await flows.history(id)).items).toEqual([]);
        const state = await flows.load(id, 1);
        expect([state.snapshot, state.deltas, state.steps, state.events]).toEqual([undefined, [], [], []]);
        expect(await flows.reopen(id)).toBe(false);
      }
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await dropped(retention.prune({ flows: FAR_AHEAD }))).toEqual([["flows", 3]]);
    });

    it("drops no more runs than it may, the first that ended first", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { flows, retention } = acme;
      const ways = Object.fromEntries(
        ["1", "2", "3", "4", "5"].map((id) => [id, { status: "cancelled" as const }]),
      );
      await beginAll(acme, storage.queue, ways);
      const before = (await flows.list()).items;
      expect(await dropped(retention.prune({ checkpoints: FAR_AHEAD, limit: 2 }))).toEqual([
        ["checkpoints", 2],
      ]);
      const lengths = await Promise.all(before.map(async ({ id }) => (await flows.history(id)).items.length));
      const timesOf = (length: number) =>
        before
          .filter((_, index) => lengths[index] === length)
          .map(({ updatedAt }) => updatedAt)
          .sort();
      expect([timesOf(0).length, timesOf(1).length]).toEqual([2, 3]);
      expect((timesOf(0).at(-1) ?? "") <= (timesOf(1)[0] ?? "")).toBe(true);
      expect(await dropped(retention.prune({ flows: FAR_AHEAD, limit: 2 }))).toEqual([["flows", 2]]);
      const left = (await flows.list()).items;
      const gone = before.filter(({ id }) => left.every((flow) => flow.id !== id));
      expect([left.length, gone.length]).toEqual([3, 2]);
      const lastGone =
        gone
          .map(({ updatedAt }) => updatedAt)
          .sort()
          .at(-1) ?? "";
      expect(left.every(({ updatedAt }) => updatedAt >= lastGone)).toBe(true);
    });

    it("drops effects that were settled before a time, and none whose outcome is open", async () => {
      await using storage = await open();
      const { effects, retention } = storage.tenant("acme");
      const error = { code: "x", message: "y" };
      for (const key of ["done", "failed", "unknown", "claimed"]) await effects.claim(sampleEffect(key));
      await effects.settle("done", "actor", { status: "done", result: 1 });
      await effects.settle("failed", "actor", { status: "failed", error });
      await effects.settle("unknown", "actor", { status: "unknown", error });
      await claimAndDie(effects, "dead");
      const first = (await effects.get("done"))?.updatedAt;
      expect(await dropped(retention.prune({ effects: first }))).toEqual([]);
      const last = (await effects.get("failed"))?.updatedAt;
      expect(await dropped(retention.prune({ effects: soonAfter(last) }))).toEqual([["effects", 2]]);
      expect(await dropped(retention.prune({ effects: FAR_AHEAD }))).toEqual([]);
      const { items } = await effects.list();
      expect(items.map(({ key, status }) => [key, status])).toEqual([
        ["dead", "unknown"],
        ["claimed", "claimed"],
        ["unknown", "unknown"],
      ]);
      expect((await effects.claim(sampleEffect("done"))).granted).toBe(true);
    });

    it("keeps effects of runs that go on, of graphs and of agents, until those have ended", async () => {
      await using storage = await open();
      const { effects, flows, runs, retention } = storage.tenant("acme");
      const held = await begin({ flows, queue: storage.queue }, "flow");
      await runs.create(sampleRun("run"));
      for (const runId of ["flow", "run", "none"]) {
        await effects.claim(sampleEffect(`of ${runId}`, { runId }));
        await effects.settle(`of ${runId}`, "actor", { status: "done", result: 1 });
      }
      expect(await dropped(retention.prune({ effects: FAR_AHEAD }))).toEqual([["effects", 1]]);
      expect((await effects.list()).items.map(({ key }) => key)).toEqual(["of run", "of flow"]);
      await flows.commit({ ...fenceOf(held), rest: { status: "cancelled" } });
      await runs.update("run", { status: "completed" });
      expect(await dropped(retention.prune({ effects: FAR_AHEAD, limit: 1 }))).toEqual([["effects", 1]]);
      expect(await dropped(retention.prune({ effects: FAR_AHEAD, limit: 1 }))).toEqual([["effects", 1]]);
      expect((await effects.list()).items).toEqual([]);
    });

    it("drops approvals that were requested before a time and can't be used any more", async () => {
      await using storage = await open();
      const { approvals, retention } = storage.tenant("acme");
      const request = (id: string, second: number, expiresAt = FAR_AHEAD) =>
        approvals.request(sampleApproval(id, { requestedAt: at(second), expiresAt }));
      for (const id of ["pending", "approved", "refused", "used"]) await request(id, 5);
      await request("just then", 10, LONG_AGO);
      await request("expired", 9, LONG_AGO);
      for (const id of ["approved", "used"]) await approvals.decide(id, { status: "approved", by: "bob" });
      await approvals.decide("refused", { status: "refused", by: "bob" });
      await approvals.use("used", "hash");
      expect(await dropped(retention.prune({ approvals: at(5) }))).toEqual([]);
      expect(await dropped(retention.prune({ approvals: at(10), limit: 2 }))).toEqual([["approvals", 2]]);
      expect((await approvals.get("expired"))?.status).toBe("expired");
      expect(await dropped(retention.prune({ approvals: at(10) }))).toEqual([["approvals", 1]]);
      const { items } = await approvals.list();
      expect(items.map(({ id, status }) => [id, status])).toEqual([
        ["just then", "expired"],
        ["approved", "approved"],
        ["pending", "pending"],
      ]);
      expect(await approvals.use("approved", "hash")).toMatchObject({ status: "used" });
    });

    it("drops lines of budgets that nothing was reserved on since, but none with an open reservation", async () => {
      await using storage = await open();
      const { budgets, retention } = storage.tenant("acme");
      for (const key of ["settled", "open"]) {
        await budgets.reserve(sampleReservation(key, { claims: [claim(key), claim("both")] }));
      }
      await budgets.settle("settled", amounts({ tokens: 7 }));
      expect(await dropped(retention.prune({ budgets: LONG_AGO }))).toEqual([]);
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD }))).toEqual([["budgets", 1]]);
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD }))).toEqual([]);
      const spent = async () =>
        (await budgets.read(["settled", "open", "both"])).map((line) => [
          line.spent.tokens,
          line.held.tokens,
        ]);
      expect(await spent()).toEqual([
        [0, 0],
        [0, 40],
        [7, 40],
      ]);
      expect(await budgets.settle("open", amounts({ tokens: 2 }))).toBe(true);
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD, limit: 1 }))).toEqual([["budgets", 1]]);
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD, limit: 1 }))).toEqual([["budgets", 1]]);
      expect(await spent()).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
    });

    it("drops a line with reservations that lapsed before the time, which are settled no more", async () => {
      await using storage = await open();
      const { budgets, retention } = storage.tenant("acme");
      const over = { leaseUntil: LONG_AGO };
      await budgets.reserve(sampleReservation("dead", { ...over, claims: [claim("a"), claim("b")] }));
      await budgets.reserve(sampleReservation("alive", { claims: [claim("b")] }));
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD }))).toEqual([["budgets", 1]]);
      expect((await budgets.read(["a", "b"])).map((line) => line.spent.calls)).toEqual([0, 1]);
      expect(await budgets.settle("dead", amounts({ calls: 3 }))).toBe(true);
      expect((await budgets.read(["a", "b"])).map((line) => line.spent.calls)).toEqual([0, 3]);
      await budgets.reserve(sampleReservation("gone", { ...over, claims: [claim("c")] }));
      expect(await dropped(retention.prune({ budgets: FAR_AHEAD }))).toEqual([["budgets", 1]]);
      expect(await budgets.settle("gone", NOTHING)).toBe(false);
      expect((await budgets.read(["c"])).map((line) => line.spent.calls)).toEqual([0]);
    });
  });
}
