import type { RunStats } from "@salesagent/ports";
import { z } from "zod";
import { csvReply, toCsv, wantsCsv } from "../csv.js";
import { rangeOf, rangeQuery, rangeSchema } from "../day-range.js";
import { type Route, route } from "../route.js";
import { toDecimal } from "../usage-figures.js";
import { idSchema } from "./shared-schemas.js";
import { formatQuery } from "./usage.js";

const counts = {
  runs: z.number().int().describe("Of every status."),
  completed: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  errorRate: z.number().describe("Failed runs among those that ended, 0–1; 0 where none has."),
  costUsd: z.number().describe("Of runs whose cost is known."),
  unpricedRuns: z.number().int(),
};

const daySchema = z
  .object({
    day: z.string(),
    agent: z.string(),
    ...counts,
    latencyMs: z
      .object({ p50: z.number(), p95: z.number(), p99: z.number() })
      .optional()
      .describe("Of completed runs, in milliseconds."),
  })
  .meta({ id: "RunFigures" });

const COLUMNS = [
  ...["day", "agent", "runs", "completed", "failed", "cancelled", "errorRate"],
  ...["p50Ms", "p95Ms", "p99Ms", "costUsd", "unpricedRuns"],
];

/** How runs did. */
export const analyticsRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/analytics", tag: "usage", permission: "usage:read" },
    summary: "How runs did, by day and agent: latencies, errors, cost; as JSON or CSV",
    query: z.strictObject({
      ...rangeQuery,
      agent: idSchema.optional(),
      format: formatQuery,
    }),
    answer: {
      description: "Days of agents, and their sum.",
      schema: rangeSchema.extend({ items: z.array(daySchema), total: z.object(counts) }),
      mediaType: "text/csv",
    },
    async handler({ query, request, stores, server, signal }) {
      const range = rangeOf(query, server.clock);
      const stats = await stores.runs.stats({ ...range, agent: query.agent }, { signal });
      if (!wantsCsv(request, query.format)) {
        return { ...range, items: stats.map(toFigures), total: toTotal(stats) };
      }
      return csvReply(`runs-${range.from}-${range.until}`, toCsv(COLUMNS, stats.map(toCells)));
    },
  }),
];

function toFigures({ costNanoUsd, ...stats }: RunStats) {
  return { ...stats, errorRate: errorRate(stats), costUsd: costNanoUsd / 1e9 };
}

function toTotal(all: readonly RunStats[]) {
  const sum = (name: "runs" | "completed" | "failed" | "cancelled" | "costNanoUsd" | "unpricedRuns") =>
    all.reduce((total, stats) => total + stats[name], 0);
  const ended = { completed: sum("completed"), failed: sum("failed"), cancelled: sum("cancelled") };
  return {
    ...{ runs: sum("runs"), ...ended, errorRate: errorRate(ended) },
    ...{ costUsd: sum("costNanoUsd") / 1e9, unpricedRuns: sum("unpricedRuns") },
  };
}

function toCells(stats: RunStats) {
  const { day, agent, runs, completed, failed, cancelled, latencyMs, unpricedRuns } = stats;
  const { p50 = "", p95 = "", p99 = "" } = latencyMs ?? {};
  return [
    ...[day, agent, runs, completed, failed, cancelled, errorRate(stats)],
    ...[p50, p95, p99, toDecimal(stats.costNanoUsd / 1e9), unpricedRuns],
  ];
}

function errorRate({
  completed,
  failed,
  cancelled,
}: Pick<RunStats, "completed" | "failed" | "cancelled">): number {
  const ended = completed + failed + cancelled;
  return ended > 0 ? failed / ended : 0;
}
