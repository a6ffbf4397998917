import { type ModelFailureCode, nearestEffort, type WireFailureInit } from "@salesagent/provider-kit";
import { type ChatDialect, reasoningField } from "@salesagent/provider-openai-compatible";
import { CEREBRAS_MODELS } from "./cerebras-models.js";

/**
 * How Cerebras differs from the common format: usage comes unasked on the finish chunk, errors are flat, and the token
 * quota is charged ahead with the output limit, so there always is one.
 *
 * @param outputTokens - The limit of calls that name none.
 */
export function cerebrasDialect(outputTokens: number): ChatDialect {
  return {
    provider: "cerebras",
    baseUrl: "https://api.cerebras.ai/v1",
    keyVariables: ["CEREBRAS_API_KEY"],
    keyRequired: true,
    profiles: CEREBRAS_MODELS,
    maxTokensField: "max_completion_tokens",
    defaultMaxTokens: ({ maxOutputTokens }) => Math.min(outputTokens, maxOutputTokens ?? outputTokens),
    cacheKeyField: "prompt_cache_key",
    requestIdHeader: "inference-id",
    reasoning: (effort, _target, warn) => ({
      reasoning_effort: nearestEffort(effort, ["none", "low", "medium", "high"], warn),
    }),
    // gpt-oss takes earlier reasoning back as a field; other models would refuse it or read it as text.
    assistantFields: (message, { modelId }) =>
      modelId.startsWith("gpt-oss") ? reasoningField(message, "reasoning") : {},
    classify: classifyCerebras,
  };
}

function classifyCerebras({ kind, status, vendorMessage }: WireFailureInit): ModelFailureCode | undefined {
  // Overlong input has been seen as a 400 or 413 with an empty body.
  const empty = kind === "status" && vendorMessage === undefined;
  if (empty && (status === 400 || status === 413)) return "model.context_length";
  // The codes are those of the limits by the minute, which waiting does help.
  return status === 429 && /per day/i.test(vendorMessage ?? "") ? "model.quota_exhausted" : undefined;
}
