import type { ModelCallRecord, TenantStores } from "@salesagent/ports";
import type { ReportAttempt } from "../render/report-data.js";

/** No run makes more tries than this. */
const MOST_ATTEMPTS = 1_000;

/** The tries at models that a run has on record. */
export async function attemptsOf(
  runId: string,
  { stores, signal }: { readonly stores: TenantStores; readonly signal: AbortSignal },
): Promise<readonly ReportAttempt[]> {
  const { items } = await stores.modelCalls.list({ runId }, { limit: MOST_ATTEMPTS }, { signal });
  return items.map(toAttempt);
}

function toAttempt(record: ModelCallRecord): ReportAttempt {
  const { provider, modelId, purpose = "first", outcome, errorCode, usage, costUsd, latencyMs } = record;
  return {
    model: `${provider}/${modelId}`,
    purpose,
    outcome,
    ...(errorCode === undefined ? {} : { errorCode }),
    inputTokens: usage.inputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    ...(costUsd === undefined ? {} : { costUsd }),
    estimated: record.estimated ?? false,
    startedAtMs: Date.parse(record.startedAt),
    latencyMs,
  };
}
