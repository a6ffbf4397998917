import { describe, expect, it } from "vitest";
import { fromUsage, toldCostUsd } from "./from-usage.js";

describe("fromUsage", () => {
  it.each([
    [
      "plain",
      { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
      { inputTokens: 9, outputTokens: 2 },
    ],
    [
      "cached and reasoning parts inside the totals",
      {
        prompt_tokens: 322,
        completion_tokens: 104,
        total_tokens: 426,
        prompt_tokens_details: { cached_tokens: 256, cache_write_tokens: 12 },
        completion_tokens_details: { reasoning_tokens: 97 },
      },
      {
        inputTokens: 322,
        cachedInputTokens: 256,
        cacheWriteTokens: 12,
        outputTokens: 104,
        reasoningTokens: 97,
      },
    ],
    [
      "DeepSeek's own name for the cached part",
      { prompt_tokens: 339, completion_tokens: 83, prompt_cache_hit_tokens: 320 },
      { inputTokens: 339, cachedInputTokens: 320, outputTokens: 83 },
    ],
    [
      "xAI, which leaves reasoning out of the completion",
      {
        prompt_tokens: 307,
        completion_tokens: 26,
        total_tokens: 560,
        completion_tokens_details: { reasoning_tokens: 227 },
      },
      { inputTokens: 307, outputTokens: 253, reasoningTokens: 227 },
    ],
    [
      "Gemini, which leaves thoughts out and untold",
      { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
      { inputTokens: 35, outputTokens: 74, reasoningTokens: 62 },
    ],
    [
      "parts that pass their totals",
      {
        prompt_tokens: 5,
        completion_tokens: 10,
        prompt_tokens_details: { cached_tokens: 9 },
        completion_tokens_details: { reasoning_tokens: 11 },
      },
      { inputTokens: 5, cachedInputTokens: 5, outputTokens: 10, reasoningTokens: 10 },
    ],
    [
      "counts that are null",
      { prompt_tokens: null, completion_tokens: null, prompt_tokens_details: null },
      {},
    ],
    ["nothing", {}, {}],
  ])("reads %s", (_, wire, usage) => {
    expect(fromUsage(wire)).toEqual(usage);
  });
});

describe("toldCostUsd", () => {
  it("is what the vendor charged, and the upstream's charge with a key of one's own", () => {
    expect(toldCostUsd({ cost: 0.25 })).toBe(0.25);
    expect(toldCostUsd({ cost: 0.25, is_byok: false, cost_details: { upstream_inference_cost: 1 } })).toBe(
      0.25,
    );
    expect(toldCostUsd({ cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: 1 } })).toBe(
      1.25,
    );
    expect(toldCostUsd({ cost: null })).toBeUndefined();
  });
});
