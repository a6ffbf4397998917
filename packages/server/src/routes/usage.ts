import { z } from "zod";
import { csvReply, toCsv, wantsCsv } from "../csv.js";
import { rangeOf, rangeQuery, rangeSchema } from "../day-range.js";
import { quotaSchema } from "../quota.js";
import { type Route, type RouteContext, route } from "../route.js";
import { DIMENSIONS, type Dimension, groupUsage, totalUsage, usageTable } from "../usage-figures.js";

const sums = {
  calls: z.number().int(),
  failedCalls: z.number().int(),
  inputTokens: z.number().int(),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  reasoningTokens: z.number().int(),
  costUsd: z.number().describe("Of calls whose price is known."),
  unpricedCalls: z.number().int().describe("Calls whose price is not known, and so not in `costUsd`."),
};

const groupSchema = z
  .object({
    day: z.string().optional(),
    agent: z.string().optional().describe("`-` for calls that no agent made."),
    provider: z.string().optional(),
    model: z.string().optional(),
    ...sums,
  })
  .meta({ id: "UsageGroup" });

const costSchema = z.object({
  day: z.string().optional(),
  agent: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  calls: z.number().int(),
  costUsd: z.number(),
  unpricedCalls: z.number().int(),
  share: z.number().describe("Of the sum, 0–1."),
});

const byQuery = (otherwise: string) =>
  z
    .string()
    .max(100)
    .default(otherwise)
    .transform((text) => [...new Set(text.split(",").filter(Boolean))])
    .pipe(z.array(z.enum(DIMENSIONS)).max(4))
    .describe(`What is summed by: some of ${DIMENSIONS.join(", ")}, with commas between.`);

export const formatQuery = z
  .enum(["json", "csv"])
  .optional()
  .describe("Also by `Accept: text/csv`; JSON unless told.");

const tag = "usage";
const reading = { method: "GET", tag, permission: "usage:read" } as const;

/** What was used, and what it cost. */
export const usageRoutes: readonly Route[] = [
  route({
    ...{ ...reading, path: "/usage" },
    summary: "Use of models, by day, agent, provider and model; as JSON or CSV",
    query: z.strictObject({ ...rangeQuery, by: byQuery(DIMENSIONS.join(",")), format: formatQuery }),
    answer: {
      description: "Groups and their sum.",
      schema: rangeSchema.extend({ items: z.array(groupSchema), total: z.object(sums) }),
      mediaType: "text/csv",
    },
    async handler(context) {
      const { query, request } = context;
      const { range, rows } = await rowsOf(context);
      const items = groupUsage(rows, query.by);
      if (!wantsCsv(request, query.format)) return { ...range, items, total: totalUsage(rows) };
      const table = usageTable(items, query.by);
      return csvReply(`usage-${range.from}-${range.until}`, toCsv(table.columns, table.rows));
    },
  }),
  route({
    ...{ ...reading, path: "/analytics/cost" },
    summary: "What calls of models cost, and how the sum is made up; as JSON or CSV",
    query: z.strictObject({ ...rangeQuery, by: byQuery("agent"), format: formatQuery }),
    answer: {
      description: "Groups, the dearest first.",
      schema: rangeSchema.extend({
        items: z.array(costSchema),
        total: z.object({ calls: sums.calls, costUsd: sums.costUsd, unpricedCalls: sums.unpricedCalls }),
      }),
      mediaType: "text/csv",
    },
    async handler(context) {
      const { query, request } = context;
      const { range, rows } = await rowsOf(context);
      const { calls, costUsd, unpricedCalls } = totalUsage(rows);
      const items = groupUsage(rows, query.by)
        .map((group) => toCost(group, query.by, costUsd))
        .sort((one, other) => other.costUsd - one.costUsd);
      if (!wantsCsv(request, query.format))
        return { ...range, items, total: { calls, costUsd, unpricedCalls } };
      const columns = [...query.by, "calls", "costUsd", "unpricedCalls", "share"] as const;
      const cells = items.map((item) => columns.map((name) => item[name] ?? ""));
      return csvReply(`cost-${range.from}-${range.until}`, toCsv(columns, cells));
    },
  }),
  route({
    ...{ ...reading, path: "/quotas" },
    summary: "What may be used in this month, and what was",
    answer: { description: "The plan and the use of it.", schema: quotaSchema },
    handler: ({ principal: { tenant }, stores, server, signal }) =>
      server.quotas.read({ tenant, stores, signal }),
  }),
];

type Asked = { readonly from?: string | undefined; readonly until?: string | undefined };

async function rowsOf({ query, stores, server, signal }: RouteContext<unknown, Asked, unknown>) {
  const range = rangeOf(query, server.clock);
  return { range, rows: await stores.usage.list(range, { signal }) };
}

function toCost(
  group: ReturnType<typeof groupUsage>[number],
  by: readonly Dimension[],
  totalUsd: number,
): z.output<typeof costSchema> {
  const { calls, costUsd, unpricedCalls } = group;
  const names = Object.fromEntries(by.map((name) => [name, group[name]]));
  return { ...names, calls, costUsd, unpricedCalls, share: totalUsd > 0 ? costUsd / totalUsd : 0 };
}
