import type { Usage } from "@salesagent/ports";

const COUNTS = [
  "inputTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
  "cacheWriteLongTokens",
  "outputTokens",
  "reasoningTokens",
  "audioInputTokens",
  "audioOutputTokens",
] as const satisfies readonly (keyof Usage)[];

/** The sum of two usages; a count that neither tells stays absent. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum: { -readonly [Count in keyof Usage]: Usage[Count] } = {};
  for (const count of COUNTS) {
    if (left[count] === undefined && right[count] === undefined) continue;
    sum[count] = (left[count] ?? 0) + (right[count] ?? 0);
  }
  return sum;
}
