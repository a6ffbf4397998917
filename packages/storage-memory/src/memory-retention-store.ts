import type { PrunedRecords, RetentionLimits, RetentionStore, RunStatus } from "@salesagent/ports";
import { toNormalRetention, toPrunedRecords } from "@salesagent/ports/store-rules";
import { dropLines, sweep } from "./budget-book.js";
import { emptyRow } from "./emptied-flow.js";
import { readApprovalAt } from "./memory-approval-store.js";
import { isOver } from "./memory-fact-store.js";
import { dropThread } from "./memory-message-store.js";
import { findOld, type Prune, type Span } from "./old-items.js";
import { now, type StoreContext } from "./store-context.js";
import { syncPrunes } from "./sync-prunes.js";
import type { TenantTables } from "./tenant-tables.js";

function isLive({ status }: { readonly status: RunStatus }): boolean {
  return status === "pending" || status === "running" || status === "waiting";
}

/** What drops each kind. @returns How many records went. */
const prunes: Readonly<Record<keyof RetentionLimits, Prune>> = {
  flows({ flows }, span) {
    const old = findOld(flows.all(), (row) => (isLive(row) ? undefined : row.updatedAt), span);
    flows.remove(old.map(({ id }) => id));
    return old.length;
  },
  checkpoints({ flows }, span) {
    const timeOf = (row: Parameters<typeof emptyRow>[0]) =>
      isLive(row) || row.isEmptied ? undefined : row.updatedAt;
    const old = findOld(flows.all(), timeOf, span);
    for (const row of old) flows.replace(row.id, emptyRow(row));
    return old.length;
  },
  runs({ runs, steps, modelCalls }, span) {
    const old = findOld(
      runs.all(),
      (run) => (isLive(run) ? undefined : (run.finishedAt ?? run.startedAt)),
      span,
    );
    runs.remove(old.map(({ id }) => id));
    for (const table of [steps, modelCalls]) {
      table.remove(old.flatMap(({ id }) => table.entries(id).map((entry) => entry.id)));
    }
    return old.length;
  },
  effects({ effects, flows, runs }, span) {
    const goesOn = (runId = "") =>
      [flows.get(runId), runs.get(runId)].some((run) => run !== undefined && isLive(run));
    const old = findOld(
      effects.all(),
      ({ status, runId, updatedAt }) =>
        (status === "done" || status === "failed") && !goesOn(runId) ? updatedAt : undefined,
      span,
    );
    effects.remove(old.map(({ key }) => key));
    return old.length;
  },
  approvals({ approvals }, span) {
    const old = findOld(
      approvals.all(),
      (approval) => {
        const { status, requestedAt } = readApprovalAt(approval, span.instant);
        return status === "pending" || status === "approved" ? undefined : requestedAt;
      },
      span,
    );
    approvals.remove(old.map(({ id }) => id));
    return old.length;
  },
  messages(tables, span) {
    // messages come by index, so the last one of each thread stands
    const lastOf = new Map(tables.messages.all().map((message) => [message.threadId, message.createdAt]));
    const old = findOld(lastOf, ([, createdAt]) => createdAt, span);
    for (const [threadId] of old) dropThread(tables, threadId);
    return old.length;
  },
  audit({ audit }, span) {
    const old = findOld(audit.all(), ({ at }) => at, span);
    audit.remove(old.map(({ id }) => id));
    return old.length;
  },
  budgets({ budgets }, span) {
    sweep(budgets, span.instant);
    const open = new Set<string>();
    for (const { lapsed, leaseUntil, claims } of budgets.reservations.values()) {
      if (lapsed && span.before !== undefined && leaseUntil < span.before) continue;
      for (const { key } of claims) open.add(key);
    }
    const old = findOld(
      budgets.lines,
      ([key, { reservedAt }]) => (open.has(key) ? undefined : reservedAt),
      span,
    );
    dropLines(budgets, new Set(old.map(([key]) => key)));
    return old.length;
  },
  ...syncPrunes,
  streams({ streams }, span) {
    const { before, limit } = span;
    const old = streams
      .all() // in the order in which they were opened
      .filter(({ record }) => before !== undefined && record.updatedAt < before)
      .slice(0, limit);
    streams.remove(old.map(({ record }) => record.id));
    return old.length;
  },
};

/** What is over by itself: answers, then vectors, then facts. @returns How many went. */
function pruneExpired({ cache, vectors, facts }: TenantTables, { limit, instant }: Span): number {
  const findOver = <Item extends { readonly expiresAt?: string }>(items: Iterable<Item>, count: number) =>
    findOld(items, (item) => (isOver(item, instant) ? item.expiresAt : undefined), { limit: count, instant });
  const answers = findOver(cache.values(), limit);
  for (const { key } of answers) cache.delete(key);
  const items = findOver(vectors.items(), limit - answers.length);
  for (const { collection, id } of items) vectors.remove(collection, id);
  const known = findOver(facts.all(), limit - answers.length - items.length);
  facts.remove(known.map(({ id }) => id));
  return answers.length + items.length + known.length;
}

export function createMemoryRetentionStore(
  tables: TenantTables,
  { clock, admit }: Pick<StoreContext, "clock" | "admit">,
): RetentionStore {
  return {
    port: "retention-store/1",
    async prune(want, call) {
      admit("retention", call);
      const { limits, limit } = toNormalRetention(want);
      const instant = now(clock);
      const counts: Partial<Record<keyof PrunedRecords, number>> = {};
      for (const [kind, before] of Object.entries(limits) as [keyof RetentionLimits, string][]) {
        counts[kind] = prunes[kind](tables, { before, limit, instant });
      }
      counts.expired = pruneExpired(tables, { limit, instant });
      return toPrunedRecords(counts);
    },
  };
}
