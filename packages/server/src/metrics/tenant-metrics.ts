import type { ConnectionStatus, TenantSync } from "@salesagent/core/crm";
import type { RunStats, TenantStorage } from "@salesagent/ports";
import type { Metric } from "./exposition.js";

/** What one tenant has and does, by its stores. */
export async function tenantMetrics({
  stores,
  sync,
  today,
  signal,
}: {
  readonly stores: Pick<TenantStorage, "runs">;
  readonly sync: TenantSync | undefined;
  /** ISO date, UTC. */
  readonly today: string;
  readonly signal: AbortSignal;
}): Promise<readonly Metric[]> {
  const [stats, connections] = await Promise.all([
    stores.runs.stats({ from: today, until: today }, { signal }),
    sync?.status({ signal }) ?? [],
  ]);
  return [...runMetrics(stats), ...syncMetrics(connections)];
}

const STATUSES = ["completed", "failed", "cancelled"] as const;

function runMetrics(stats: readonly RunStats[]): readonly Metric[] {
  const ended = stats.flatMap((each) => [
    ...STATUSES.map((status) => ({ labels: { agent: each.agent, status }, value: each[status] })),
    { labels: { agent: each.agent, status: "open" }, value: openOf(each) },
  ]);
  const cost = stats.map(({ agent, costNanoUsd }) => ({ labels: { agent }, value: costNanoUsd / 1e9 }));
  const latencies = stats.flatMap(({ agent, latencyMs }) =>
    Object.entries(latencyMs ?? {}).map(([name, value]) => ({
      ...{ labels: { agent, quantile: String(Number(name.slice(1)) / 100) }, value: value / 1_000 },
    })),
  );
  return [
    gauges("salesagent_tenant_runs_today", "Runs that began today (UTC), by how they stand.", ended),
    gauges("salesagent_tenant_run_cost_usd_today", "Known cost of today's runs, in USD.", cost),
    gauges("salesagent_tenant_run_latency_seconds_today", "Latency of today's completed runs.", latencies),
  ];
}

const openOf = ({ runs, completed, failed, cancelled }: RunStats): number =>
  runs - completed - failed - cancelled;

function syncMetrics(connections: readonly ConnectionStatus[]): readonly Metric[] {
  const by = (name: "due" | "openConflicts" | "openDeadLetters" | "heldRemovals") =>
    connections.map((status) => ({ labels: { connection: status.connection }, value: status[name] }));
  return [
    gauges("salesagent_tenant_sync_links_due", "Links that a sync has to work on.", by("due")),
    gauges("salesagent_tenant_sync_conflicts_open", "Conflicts that wait for a person.", by("openConflicts")),
    gauges(
      "salesagent_tenant_sync_dead_letters_open",
      "Dead letters that wait for a person.",
      by("openDeadLetters"),
    ),
    gauges("salesagent_tenant_sync_removals_held", "Removals that wait for a person.", by("heldRemovals")),
  ];
}

const gauges = (name: string, help: string, samples: Metric["samples"]): Metric => ({
  ...{ name, help, type: "gauge", samples },
});
