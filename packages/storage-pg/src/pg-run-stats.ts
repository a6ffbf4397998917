import type { RunStats } from "@salesagent/ports";
import { json, number, optional, type Row, text } from "./columns.js";
import { reading, type Statement } from "./statement.js";

/** Figures of runs: $1: tenant, $2: from, $3: before, $4: agent or null for all. */
export function createStatsStatement(runs: string): Statement {
  const countOf = (status: string) => `count(*) filter (where status = '${status}') as ${status}`;
  return reading(`select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD') as day, agent, count(*) as runs,
      ${["completed", "failed", "cancelled"].map(countOf).join(", ")},
      to_json(percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms)
        filter (where status = 'completed' and latency_ms is not null)) as latencies,
      coalesce(sum(cost_nano_usd), 0) as cost_nano_usd,
      count(*) filter (where cost_nano_usd is null and status in ('completed', 'failed', 'cancelled')) as unpriced
    from ${runs}
    where tenant = $1 and started_at >= $2::timestamptz and started_at < $3::timestamptz
      and ($4::text is null or agent = $4)
    group by 1, 2 order by 1, agent collate "C"`);
}

export function fromStatsRow(row: Row): RunStats {
  return {
    day: text(row, "day"),
    agent: text(row, "agent"),
    runs: number(row, "runs"),
    completed: number(row, "completed"),
    failed: number(row, "failed"),
    cancelled: number(row, "cancelled"),
    ...optional("latencyMs", row, "latencies", (from, column) => {
      const [p50, p95, p99] = json<readonly [number, number, number]>(from, column);
      return { p50, p95, p99 };
    }),
    costNanoUsd: number(row, "cost_nano_usd"),
    unpricedRuns: number(row, "unpriced"),
  };
}
