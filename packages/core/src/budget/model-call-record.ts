import type { CallScope, ModelAttempt, ModelCallRecord } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";

/** Where and when an attempt was made. */
export interface AttemptOrigin {
  /** Of the record; new. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly scope: CallScope;
}

/** An attempt as it is stored. A cost that can't be one, such as NaN, is left out: it is unknown. */
export function toModelCall(
  { startedMs: _, costUsd, ...attempt }: ModelAttempt,
  { id, startedAt, scope }: AttemptOrigin,
): ModelCallRecord {
  const { runId, stepIndex, agent, leadId, campaignId } = scope;
  return {
    id,
    ...(runId === undefined ? {} : { runId }),
    ...(stepIndex === undefined ? {} : { stepIndex }),
    ...(agent === undefined ? {} : { agent }),
    ...(leadId === undefined ? {} : { leadId }),
    ...(campaignId === undefined ? {} : { campaignId }),
    ...toRecord(attempt),
    ...(isCost(costUsd) ? { costUsd } : {}),
    startedAt,
  };
}

/** Whether a cost is known and can be one. */
export function isCost(costUsd: number | undefined): costUsd is number {
  return costUsd !== undefined && costUsd >= 0 && costUsd <= MOST_USD;
}

/** Up to here a double holds whole nano-dollars. */
const MOST_USD = Number.MAX_SAFE_INTEGER / 1e9;
