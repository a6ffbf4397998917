import type { FinishEvent, ModelAttempt } from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";

/**
 * A finish that tells of the embedding that came before it, too: its attempt, its cost, its time.
 *
 * @param spentMs - What came before the finish's own call.
 */
export function withEmbedding(
  finish: FinishEvent,
  embedding: ModelAttempt | undefined,
  spentMs: number,
): FinishEvent {
  const { costUsd, timings, attempts, ...rest } = finish;
  const { totalMs, firstTokenMs } = timings;
  const sum = addCosts(costUsd, embedding ? embedding.costUsd : 0);
  const later = attempts.map((attempt) => ({ ...attempt, startedMs: (attempt.startedMs ?? 0) + spentMs }));
  return {
    ...rest,
    ...(sum === undefined ? {} : { costUsd: sum }),
    timings: {
      totalMs: totalMs + spentMs,
      ...(firstTokenMs === undefined ? {} : { firstTokenMs: firstTokenMs + spentMs }),
    },
    attempts: embedding ? [embedding, ...later] : later,
  };
}

/** Unknown is not free. */
function addCosts(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  return fromNanoUsd(toNanoUsd(left) + toNanoUsd(right));
}
