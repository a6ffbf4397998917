import type { CallOptions, LinkCount, Page, PageRequest, SyncRun } from "@salesagent/ports";
import { asItStands, type DeadRunMeans, endDeadRuns } from "./dead-runs.js";

/** How one connection stands. */
export interface ConnectionStatus {
  readonly connection: string;
  /** Links by kind and state, and how many of them are due. */
  readonly links: readonly LinkCount[];
  /** Links that are due or being worked on, in all. */
  readonly due: number;
  readonly openConflicts: number;
  readonly openDeadLetters: number;
  /** Removals that wait for somebody's word. */
  readonly heldRemovals: number;
  /** The latest run, going on or over. */
  readonly lastRun?: SyncRun;
  /** When a run last went through, ISO 8601 in UTC. */
  readonly lastCompletedAt?: string;
}

/** Numbers over the runs of a connection since some time. */
export interface SyncMetrics {
  readonly connection: string;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  /** Of completed runs, in milliseconds. */
  readonly meanLatencyMs: number;
  readonly longestLatencyMs: number;
  /** Records and links that were gone through, a second of the runs' time. */
  readonly perSecond: number;
  /** What the runs counted, added up. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Reads how a connection stands; a few counting statements. A last run whose process died is ended. */
export async function connectionStatus(
  means: DeadRunMeans,
  connection: string,
  call?: CallOptions,
): Promise<ConnectionStatus> {
  const { storage } = means;
  const open = { connection, status: "open" } as const;
  const [links, openConflicts, openDeadLetters, held, runs, completed] = await Promise.all([
    storage.links.count(connection, {}, call),
    storage.conflicts.count(open, call),
    storage.deadLetters.count(open, call),
    Promise.all(
      (["to-app", "to-crm"] as const).map((removal) => storage.links.count(connection, { removal }, call)),
    ),
    storage.syncRuns.list({ connection }, { limit: 1 }, call),
    storage.syncRuns.list({ connection, status: "completed" }, { limit: 1 }, call),
  ]);
  const [latest] = runs.items;
  const lastRun = latest && (await asItStands(means, latest, call));
  const lastCompletedAt = completed.items[0]?.finishedAt;
  return {
    ...{ connection, links, openConflicts, openDeadLetters },
    due: links.reduce((sum, { due }) => sum + due, 0),
    heldRemovals: held
      .flat()
      .reduce((sum, count) => (count.state === "removed" ? sum : sum + count.links), 0),
    ...(lastRun === undefined ? {} : { lastRun }),
    ...(lastCompletedAt === undefined ? {} : { lastCompletedAt }),
  };
}

/** Runs, latest first; those whose processes died are ended, and told as what they ended with. */
export async function runHistory(
  means: DeadRunMeans,
  filter: { readonly connection?: string | undefined; readonly status?: SyncRun["status"] | undefined } = {},
  page?: PageRequest,
  call?: CallOptions,
): Promise<Page<SyncRun>> {
  const { connection, status } = filter;
  if (status === "failed") await endDeadRuns(means, connection, call);
  const { items, ...rest } = await means.storage.syncRuns.list(filter, page, call);
  const runs = await Promise.all(items.map((run) => asItStands(means, run, call)));
  return { ...rest, items: runs.filter((run) => status === undefined || run.status === status) };
}

const PAGE_RUNS = 1_000;

/** Adds up the runs of a connection that began at or after a time. @param since - ISO 8601 in UTC. */
export async function syncMetrics(
  means: DeadRunMeans,
  connection: string,
  since: string,
  call?: CallOptions,
): Promise<SyncMetrics> {
  await endDeadRuns(means, connection, call);
  const runs: SyncRun[] = [];
  for (let after: string | undefined; ; ) {
    const page = await means.storage.syncRuns.list({ connection }, { limit: PAGE_RUNS, after }, call);
    runs.push(...page.items.filter(({ startedAt }) => startedAt >= since));
    after = page.next;
    // The latest come first: behind an older one there are only older ones.
    if (after === undefined || (page.items.at(-1)?.startedAt ?? "") < since) break;
  }
  return summed(connection, runs);
}

function summed(connection: string, runs: readonly SyncRun[]): SyncMetrics {
  const counts: Record<string, number> = {};
  for (const run of runs) {
    for (const [name, count] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + count;
  }
  const completed = runs.filter(({ status }) => status === "completed");
  const latencies = completed.map(latencyMs);
  const totalMs = latencies.reduce((sum, latency) => sum + latency, 0);
  const handled = completed.reduce(
    (sum, run) => sum + (run.counts["read"] ?? 0) + (run.counts["links"] ?? 0),
    0,
  );
  return {
    ...{ connection, runs: runs.length, completed: completed.length, counts },
    failed: runs.filter(({ status }) => status === "failed").length,
    meanLatencyMs: completed.length > 0 ? totalMs / completed.length : 0,
    longestLatencyMs: latencies.reduce((longest, latency) => Math.max(longest, latency), 0),
    perSecond: totalMs > 0 ? (handled / totalMs) * 1_000 : 0,
  };
}

function latencyMs({ startedAt, finishedAt = startedAt }: SyncRun): number {
  return Date.parse(finishedAt) - Date.parse(startedAt);
}
