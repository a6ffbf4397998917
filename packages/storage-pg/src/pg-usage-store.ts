import type { UsageRow, UsageStore } from "@salesagent/ports";
import { checkDay, toUsageSums } from "@salesagent/ports/store-rules";
import { number, type Row, text } from "./columns.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const COUNTERS = {
  calls: "calls",
  failedCalls: "failed_calls",
  inputTokens: "input_tokens",
  cachedInputTokens: "cached_input_tokens",
  outputTokens: "output_tokens",
  reasoningTokens: "reasoning_tokens",
  costNanoUsd: "cost_nano_usd",
  unpricedCalls: "unpriced_calls",
} as const satisfies Partial<Record<keyof UsageRow, string>>;

function fromUsageRow(row: Row): UsageRow {
  return {
    day: text(row, "day_text"),
    agent: text(row, "agent"),
    provider: text(row, "provider"),
    modelId: text(row, "model_id"),
    calls: number(row, COUNTERS.calls),
    failedCalls: number(row, COUNTERS.failedCalls),
    inputTokens: number(row, COUNTERS.inputTokens),
    cachedInputTokens: number(row, COUNTERS.cachedInputTokens),
    outputTokens: number(row, COUNTERS.outputTokens),
    reasoningTokens: number(row, COUNTERS.reasoningTokens),
    costNanoUsd: number(row, COUNTERS.costNanoUsd),
    unpricedCalls: number(row, COUNTERS.unpricedCalls),
  };
}

export interface UsageStatements {
  /** $1: tenant, $2: rows as JSON, no two of one sum. */
  readonly add: Statement;
  /** $1: tenant, $2: first day, $3: last day; null for any. */
  readonly list: Statement;
}

export function createUsageStatements(name: TableNames): UsageStatements {
  const sums = name("usage_sums");
  const counters = Object.values(COUNTERS);
  const places = ["day", "agent", "provider", "model_id"];
  return {
    add: writing(`insert into ${sums} as s (tenant, ${[...places, ...counters].join(", ")})
      select $1, ${[...places, ...counters].map((column) => `r.${column}`).join(", ")}
      from json_to_recordset($2::json) as r (day date, agent text, provider text, model_id text,
        ${counters.map((column) => `${column} bigint`).join(", ")})
      on conflict (tenant, ${places.join(", ")}) do update set
        ${counters.map((column) => `${column} = s.${column} + excluded.${column}`).join(", ")}`),
    list: reading(`select to_char(day, 'YYYY-MM-DD') as day_text, agent, provider, model_id, ${counters.join(", ")}
      from ${sums} where tenant = $1 and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
      order by ${places.join(", ")}`),
  };
}

function toRow({ day, agent, provider, modelId, ...row }: UsageRow): object {
  const counters = Object.entries(COUNTERS).map(([field, column]) => [
    column,
    row[field as keyof typeof COUNTERS],
  ]);
  return { day, agent, provider, model_id: modelId, ...Object.fromEntries(counters) };
}

export function createPgUsageStore(
  { tenant, executor }: StoreContext,
  statements: UsageStatements,
): UsageStore {
  return {
    port: "usage-store/1",
    async addMany(added, call) {
      executor.admit("usage", call);
      // sorted, so that two batches wait for each other in one order
      const sums = [...toUsageSums(added)].sort(([left], [right]) => (left < right ? -1 : 1));
      if (sums.length === 0) return;
      const rows = sums.map(([, row]) => toRow(row));
      await executor.run("usage", statements.add, [tenant, JSON.stringify(rows)], call);
    },
    async list({ from, until } = {}, call) {
      executor.admit("usage", call);
      if (from !== undefined) checkDay("usage", "range.from", from);
      if (until !== undefined) checkDay("usage", "range.until", until);
      const rows = await executor.run("usage", statements.list, [tenant, from ?? null, until ?? null], call);
      return rows.map(fromUsageRow);
    },
  };
}
