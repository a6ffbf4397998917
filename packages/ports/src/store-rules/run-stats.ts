import type { RunRecord, RunStats, RunStore } from "../stores/run-store.js";
import { checkDay, toNanoUsd } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { invalidValue } from "./store-errors.js";

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** Days as instants, the end excluded. */
export interface NormalStatsRange {
  /** ISO 8601 in UTC. */
  readonly from: string;
  readonly before: string;
  readonly agent: string | undefined;
}

/** @throws `store.invalid`. */
export function toNormalStatsRange({
  from,
  until,
  agent,
}: Parameters<RunStore["stats"]>[0]): NormalStatsRange {
  checkDay("runs", "range.from", from);
  checkDay("runs", "range.until", until);
  const before = Date.parse(until) + DAY_MS;
  if (before - Date.parse(from) > MOST_DAYS * DAY_MS) {
    throw invalidValue("runs", "range.until", `there are more than ${MOST_DAYS} days from range.from to it`);
  }
  return {
    from: new Date(from).toISOString(),
    before: new Date(before).toISOString(),
    agent: agent === undefined ? undefined : toNormalId("runs", "range.agent", agent),
  };
}

/** Figures of runs, by day and agent, each by code unit. */
export function toRunStats(runs: readonly RunRecord[]): readonly RunStats[] {
  const groups = new Map<
    string,
    { readonly day: string; readonly agent: string; readonly runs: RunRecord[] }
  >();
  for (const run of runs) {
    const [day, agent] = [run.startedAt.slice(0, 10), run.agent];
    const key = JSON.stringify([day, agent]);
    const group = groups.get(key) ?? { day, agent, runs: [] };
    groups.set(key, group);
    group.runs.push(run);
  }
  return [...groups.values()]
    .map(({ day, agent, runs }) => toStatsOfOne(day, agent, runs))
    .sort(compareStats);
}

function toStatsOfOne(day: string, agent: string, runs: readonly RunRecord[]): RunStats {
  const countOf = (status: RunRecord["status"]) => runs.filter((run) => run.status === status).length;
  const [completed, failed, cancelled] = [countOf("completed"), countOf("failed"), countOf("cancelled")];
  const latencies = runs
    .flatMap(({ status, latencyMs }) =>
      status === "completed" && latencyMs !== undefined ? [latencyMs] : [],
    )
    .sort((left, right) => left - right);
  const priced = runs.flatMap(({ costUsd }) => (costUsd === undefined ? [] : [costUsd]));
  return Object.freeze({
    ...{ day, agent, runs: runs.length, completed, failed, cancelled },
    ...(latencies.length === 0 ? {} : { latencyMs: toPercentiles(latencies) }),
    costNanoUsd: priced.reduce((sum, costUsd) => sum + toNanoUsd("runs", "costUsd", costUsd), 0),
    unpricedRuns: runs.filter((run) => run.costUsd === undefined && hasEnded(run)).length,
  });
}

function hasEnded({ status }: RunRecord): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

function toPercentiles(sorted: readonly number[]): NonNullable<RunStats["latencyMs"]> {
  const at = (fraction: number) => percentileOf(sorted, fraction);
  return Object.freeze({ p50: at(0.5), p95: at(0.95), p99: at(0.99) });
}

/** As `percentile_cont` of SQL has it. */
function percentileOf(sorted: readonly number[], fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const [lower = 0, upper = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return lower + (place - Math.floor(place)) * (upper - lower);
}

function compareStats(left: RunStats, right: RunStats): number {
  if (left.day !== right.day) return left.day < right.day ? -1 : 1;
  return left.agent < right.agent ? -1 : 1;
}
