import type {
  AuditRecord,
  PrunedRecords,
  RetentionLimits,
  RetentionStore,
  Storage,
  TenantStorage,
} from "@salesagent/ports";
import { NOTHING } from "../sample-shared-state.js";
import { type Sabotage, withTenants } from "./sabotage.js";

type Want = RetentionLimits & { readonly limit?: number | undefined };
type Prune = RetentionStore["prune"];

/** A storage whose `prune` is another. */
const withPrune = (change: (tenant: TenantStorage, storage: Storage) => Prune) =>
  withTenants(() => (tenant, storage) => ({
    retention: { ...tenant.retention, prune: change(tenant, storage) },
  }));

/** A storage that does something else before it prunes, where a kind is asked for. */
const before = (
  kind: keyof RetentionLimits,
  act: (tenant: TenantStorage, time: string) => Promise<unknown>,
) =>
  withPrune((tenant) => async (want, call) => {
    const time = want[kind];
    const isSound = time !== undefined && !Number.isNaN(Date.parse(time));
    if (isSound && want.limit === undefined) await act(tenant, time);
    return tenant.retention.prune(want, call);
  });

const live = ["pending", "running", "waiting"] as const;

/** Stores that drop too much, too little or the wrong records. */
export const retentionSabotages: Readonly<Record<string, Sabotage>> = {
  "drops records of the very time": {
    create: withPrune(
      ({ retention }) =>
        (want, call) =>
          retention.prune(later(want), call),
    ),
    fails: [
      "retention-store/1 > drops runs of agents that ended before a time, with their steps and model calls",
      "retention-store/1 > drops threads whose last message is older than a time, whole",
      "retention-store/1 > drops audit records of before a time",
      "retention-store/1 > drops no more than it may of each kind, the oldest first, until there are none",
      "retention-store/1, durable work > drops runs of graphs that ended before a time, with all of theirs",
      "retention-store/1, durable work > drops what runs went on from that ended before a time, and keeps the runs on record",
      "retention-store/1, durable work > drops effects that were settled before a time, and none whose outcome is open",
      "retention-store/1, durable work > drops approvals that were requested before a time and can't be used any more",
    ],
  },
  "knows no limit": {
    create: withPrune(({ retention }) => async (want, call) => {
      let sum = await retention.prune(want, call);
      for (let more = sum; Object.values(more).some((count) => count > 0); sum = add(sum, more)) {
        more = await retention.prune(want, call);
      }
      return sum;
    }),
    fails: [
      "retention-store/1 > drops no more than it may of each kind, the oldest first, until there are none",
      "retention-store/1 > drops no more of what is over than it may in all",
      "retention-store/1, durable work > drops no more runs than it may, the first that ended first",
      "retention-store/1, durable work > keeps effects of runs that go on, of graphs and of agents, until those have ended",
      "retention-store/1, durable work > drops approvals that were requested before a time and can't be used any more",
      "retention-store/1, durable work > drops lines of budgets that nothing was reserved on since, but none with an open reservation",
    ],
  },
  "takes limits out of range": {
    create: withPrune(({ retention }) => ({ limit, ...want }, call) => {
      const inRange = limit !== undefined && limit >= 1 && limit <= 10_000 && Number.isInteger(limit);
      return retention.prune(inRange ? { ...want, limit } : want, call);
    }),
    fails: ["retention-store/1 > refuses times that are none and limits out of range, and drops nothing"],
  },
  "drops the records of other tenants too": {
    create: withPrune(({ tenant, retention }, storage) => async (want, call) => {
      if (tenant === "acme") await storage.tenant("other").retention.prune(want, call);
      return retention.prune(want, call);
    }),
    fails: ["retention-store/1 > leaves the records of other tenants alone"],
  },
  "does not count what has expired": {
    create: withPrune(({ retention }) => async (want, call) => ({
      ...(await retention.prune(want, call)),
      expired: 0,
    })),
    fails: [
      "retention-store/1 > always drops answers, vectors and facts that are over, and no others",
      "retention-store/1 > drops no more of what is over than it may in all",
      "retention-store/1 > leaves the records of other tenants alone",
      "retention-store/1 > refuses times that are none and limits out of range, and drops nothing",
    ],
  },
  "says that it dropped what is still there": {
    create: withPrune(({ retention, audit }) => async (want, call) => {
      const { items } = await audit.list();
      const counts = await retention.prune(want, call);
      if (counts.audit === 1 && items.length === 3) await audit.addMany(items);
      return counts;
    }),
    fails: ["retention-store/1 > drops audit records of before a time"],
  },
  "drops the youngest first": {
    create: withTenants(() => {
      const hidden = new Set<string>();
      return ({ retention, audit }) => ({
        audit: {
          ...audit,
          list: async (filter, page, call) => {
            const { items, ...next } = await audit.list(filter, page, call);
            return { items: items.filter(({ id }) => !hidden.has(id)), ...next };
          },
        },
        retention: {
          ...retention,
          prune: async (want, call) => {
            const { items } = await audit.list();
            const counts = await retention.prune(want, call);
            if (want.limit !== 3 || counts.audit === 0) return counts;
            await audit.addMany(items);
            for (const { id } of youngest(items, want.audit ?? "", counts.audit)) hidden.add(id);
            return counts;
          },
        },
      });
    }),
    fails: [
      "retention-store/1 > drops no more than it may of each kind, the oldest first, until there are none",
    ],
  },
  "drops runs of agents that go on": {
    create: before("runs", async ({ runs }) => {
      for (const status of live) {
        for (const { id } of (await runs.list({ status })).items) await runs.update(id, { status: "failed" });
      }
    }),
    fails: ["retention-store/1 > never drops a run of an agent that has not ended"],
  },
  "leaves the steps of runs that it drops": {
    create: withPrune(({ retention, runs, steps }) => async (want, call) => {
      const { items } = await runs.list();
      const lists = await Promise.all(items.map(async ({ id }) => (await steps.list(id)).items));
      const counts = await retention.prune(want, call);
      if (counts.runs > 0) await steps.putMany(lists.flat());
      return counts;
    }),
    fails: [
      "retention-store/1 > drops runs of agents that ended before a time, with their steps and model calls",
    ],
  },
  "leaves the model calls of runs that it drops": {
    create: withPrune(({ retention, modelCalls }) => async (want, call) => {
      const { items } = await modelCalls.list();
      const counts = await retention.prune(want, call);
      if (counts.runs > 0) await modelCalls.addMany(items);
      return counts;
    }),
    fails: [
      "retention-store/1 > drops runs of agents that ended before a time, with their steps and model calls",
    ],
  },
  "goes by the first message of a thread": {
    create: before("messages", async ({ messages }, time) => {
      const [first] = (await messages.list("young")).items;
      if (first !== undefined && first.createdAt < time) await messages.remove("young");
    }),
    fails: ["retention-store/1 > drops threads whose last message is older than a time, whole"],
  },
  "ends runs of graphs that go on": {
    create: before("flows", async ({ flows }) => {
      for (const status of live) {
        for (const { id } of (await flows.list({ status })).items) {
          await flows.stop(id, { by: "retention", reason: "too old" });
        }
      }
    }),
    fails: [
      "retention-store/1 > drops nothing that it was not told of",
      "retention-store/1, durable work > never touches a run of a graph that has not ended",
    ],
  },
  "drops runs of graphs for their checkpoints": {
    create: withPrune(({ retention }) => async ({ checkpoints, ...want }, call) => {
      const isSound = checkpoints !== undefined && !Number.isNaN(Date.parse(checkpoints));
      if (!isSound || want.flows !== undefined || want.limit !== undefined) {
        return retention.prune({ ...want, checkpoints }, call);
      }
      const { flows, ...counts } = await retention.prune({ ...want, flows: checkpoints }, call);
      return { ...counts, flows: 0, checkpoints: flows };
    }),
    fails: [
      "retention-store/1, durable work > drops what runs went on from that ended before a time, and keeps the runs on record",
    ],
  },
  "lets a run be reopened whose checkpoints it dropped": {
    create: withTenants(() => {
      let isPruned = false;
      return ({ flows, retention }) => ({
        flows: {
          ...flows,
          reopen: async (id, call) => (await flows.reopen(id, call)) || (isPruned && id === "failed"),
        },
        retention: {
          ...retention,
          prune: async (want, call) => {
            const counts = await retention.prune(want, call);
            isPruned ||= counts.checkpoints > 0;
            return counts;
          },
        },
      });
    }),
    fails: [
      "retention-store/1, durable work > drops what runs went on from that ended before a time, and keeps the runs on record",
    ],
  },
  "drops effects whose outcome is open": {
    create: before("effects", async ({ effects }) => {
      for (const { key } of (await effects.list({ status: "unknown" })).items) {
        await effects.reconcile(key, "retention", "2999-01-01T00:00:00.000Z");
        const error = { code: "too-old", message: "too old" };
        await effects.settle(key, "retention", { status: "failed", error });
      }
    }),
    fails: [
      "retention-store/1, durable work > drops effects that were settled before a time, and none whose outcome is open",
    ],
  },
  "drops effects of runs that go on": {
    create: before("effects", async ({ runs }) => {
      for (const { id } of (await runs.list({ status: "running" })).items) {
        await runs.update(id, { status: "completed" });
      }
    }),
    fails: [
      "retention-store/1, durable work > keeps effects of runs that go on, of graphs and of agents, until those have ended",
    ],
  },
  "drops approvals that a person may still decide": {
    create: withPrune(({ retention, approvals }) => async (want, call) => {
      if (want.approvals?.startsWith("2026-05-01T09:00:10") === true) {
        for (const { id } of (await approvals.list({ status: "pending" })).items) {
          await approvals.decide(id, { status: "refused", by: "retention" });
        }
      }
      return retention.prune(want, call);
    }),
    fails: [
      "retention-store/1, durable work > drops approvals that were requested before a time and can't be used any more",
    ],
  },
  "drops lines of budgets with open reservations": {
    create: before("budgets", async ({ budgets }) => budgets.settle("open", NOTHING)),
    fails: [
      "retention-store/1, durable work > drops lines of budgets that nothing was reserved on since, but none with an open reservation",
    ],
  },
};

/** Each limit a millisecond later. */
function later({ limit, ...limits }: Want): Want {
  const moved = Object.entries(limits).map(([kind, time]) => {
    const ms = Date.parse(time ?? "");
    return [kind, Number.isNaN(ms) ? time : new Date(ms + 1).toISOString()] as const;
  });
  return { ...Object.fromEntries(moved), ...(limit === undefined ? {} : { limit }) };
}

function add(left: PrunedRecords, right: PrunedRecords): PrunedRecords {
  const sum = { ...left };
  for (const kind of Object.keys(left) as (keyof PrunedRecords)[]) sum[kind] += right[kind];
  return sum;
}

/** The last records of before a time, by their own. */
function youngest(records: readonly AuditRecord[], time: string, count: number): readonly AuditRecord[] {
  const old = records.filter(({ at }) => at < time);
  return old.sort((left, right) => (left.at < right.at ? 1 : -1)).slice(0, count);
}
