import type { ModelCallRecord, UsageRow } from "@salesagent/ports";
import { toNanoUsd } from "@salesagent/ports/money";

/** Stands for the agent of calls that have none; a row has to name one. */
const NO_AGENT = "-";

/** Sums model calls by day, agent and model. Calls without an agent are summed under `-`. */
export function sumUsage(calls: readonly ModelCallRecord[]): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const call of calls) {
    const row = toRow(call);
    const key = `${row.day}\n${row.agent}\n${row.provider}\n${row.modelId}`;
    const sum = rows.get(key);
    rows.set(key, sum ? addRows(sum, row) : row);
  }
  return [...rows.values()];
}

function toRow({ usage, ...call }: ModelCallRecord): UsageRow {
  return {
    day: call.startedAt.slice(0, 10),
    agent: call.agent ?? NO_AGENT,
    provider: call.provider,
    modelId: call.modelId,
    calls: 1,
    failedCalls: call.outcome === "completed" ? 0 : 1,
    inputTokens: usage.inputTokens ?? 0,
    cachedInputTokens: usage.cachedInputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    reasoningTokens: usage.reasoningTokens ?? 0,
    costNanoUsd: toNanoUsd(call.costUsd ?? 0),
    unpricedCalls: call.costUsd === undefined ? 1 : 0,
  };
}

function addRows(left: UsageRow, right: UsageRow): UsageRow {
  return {
    ...left,
    calls: left.calls + right.calls,
    failedCalls: left.failedCalls + right.failedCalls,
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    costNanoUsd: left.costNanoUsd + right.costNanoUsd,
    unpricedCalls: left.unpricedCalls + right.unpricedCalls,
  };
}
