import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";

/** Usage as OpenAI counts it: totals include cached and reasoning tokens. */
export function inclusiveUsage({ usage }: Answer): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

/** Usage whose `completion_tokens` leaves reasoning out, while `total_tokens` has it (xAI, Gemini). */
export function exclusiveUsage({ usage }: Answer): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens - usage.reasoningTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** Usage without details, as small servers send it. */
export function plainUsage({ usage }: Answer): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** DeepSeek's usage: hits and misses of the cache beside the common keys. */
export function deepseekUsage(answer: Answer): JsonObject {
  return {
    ...inclusiveUsage(answer),
    prompt_cache_hit_tokens: answer.usage.cachedTokens,
    prompt_cache_miss_tokens: answer.usage.inputTokens - answer.usage.cachedTokens,
  };
}

/** OpenRouter's usage: what was charged, in USD. */
export function openrouterUsage(answer: Answer): JsonObject {
  return {
    ...inclusiveUsage(answer),
    cost: answer.usage.costUsd,
    is_byok: false,
    cost_details: { upstream_inference_cost: null },
  };
}

/** xAI's usage: the charge in ticks of 1e-10 USD. */
export function xaiUsage(answer: Answer): JsonObject {
  return {
    ...exclusiveUsage(answer),
    prompt_tokens_details: { cached_tokens: answer.usage.cachedTokens },
    completion_tokens_details: { reasoning_tokens: answer.usage.reasoningTokens },
    cost_in_usd_ticks: Math.round(answer.usage.costUsd * 1e10),
  };
}
