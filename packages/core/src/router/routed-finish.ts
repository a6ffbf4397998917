import type { FinishEvent, ModelAttempt, ModelTimings, RoutingDecision, Usage } from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";

/** What a routed call came to, besides the answer itself. */
export interface RoutedEnd {
  readonly attempts: readonly ModelAttempt[];
  readonly decision: RoutingDecision;
  /** Of all attempts that wrote a part of the answer. */
  readonly usage: Usage;
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
}

/** The finish of a routed call: that of the model which ended the answer, with what all attempts took. */
export function routedFinish(finish: FinishEvent, end: RoutedEnd): FinishEvent {
  const { reason, warnings, cache } = finish;
  const { attempts, decision, usage, firstTokenMs, totalMs } = end;
  const costUsd = totalCostUsd(attempts);
  const timings: ModelTimings = firstTokenMs === undefined ? { totalMs } : { totalMs, firstTokenMs };
  const routed: { -readonly [Field in keyof FinishEvent]: FinishEvent[Field] } = {
    type: "finish",
    reason,
    usage,
    timings,
    attempts,
    decision,
    ...(cache === undefined ? {} : { cache }),
  };
  if (costUsd !== undefined) routed.costUsd = costUsd;
  if (warnings !== undefined) routed.warnings = warnings;
  return routed;
}

/** The sum over attempts; nothing when one of them has no known cost: unknown is not free. */
function totalCostUsd(attempts: readonly ModelAttempt[]): number | undefined {
  let nanoUsd = 0;
  for (const { costUsd } of attempts) {
    if (costUsd === undefined) return undefined;
    nanoUsd += toNanoUsd(costUsd);
  }
  return fromNanoUsd(nanoUsd);
}
