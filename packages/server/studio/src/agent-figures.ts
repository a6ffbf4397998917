import type { Analytics } from "@salesagent/client";

/** How the runs of one agent did, over all days. */
export interface AgentFigures {
  readonly agent: string;
  readonly runs: number;
  readonly failed: number;
  readonly ended: number;
  readonly costUsd: number;
  /** Of the slowest day: percentiles of days can't be added up. Absent where no run is done. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

/** Sums figures of days by agent, the dearest first. */
export function agentFigures(days: Analytics["items"]): readonly AgentFigures[] {
  const sums = new Map<string, AgentFigures>();
  for (const day of days) {
    const { agent, runs, completed, failed, cancelled, costUsd, latencyMs } = day;
    const before = sums.get(agent);
    sums.set(agent, {
      agent,
      runs: (before?.runs ?? 0) + runs,
      failed: (before?.failed ?? 0) + failed,
      ended: (before?.ended ?? 0) + failed + completed + cancelled,
      costUsd: (before?.costUsd ?? 0) + costUsd,
      p50Ms: slower(before?.p50Ms, latencyMs?.p50),
      p95Ms: slower(before?.p95Ms, latencyMs?.p95),
    });
  }
  return [...sums.values()].sort((one, other) => other.costUsd - one.costUsd || other.runs - one.runs);
}

function slower(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
