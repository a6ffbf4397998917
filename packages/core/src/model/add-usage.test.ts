import { describe, expect, it } from "vitest";
import { addUsage } from "./add-usage.js";

describe("addUsage", () => {
  it("adds every count, and leaves out what neither tells", () => {
    const all = {
      inputTokens: 1,
      cachedInputTokens: 2,
      cacheWriteTokens: 3,
      cacheWriteLongTokens: 4,
      outputTokens: 5,
      reasoningTokens: 6,
      audioInputTokens: 7,
      audioOutputTokens: 8,
    };
    expect(addUsage(all, {})).toEqual(all);
    expect(addUsage({ inputTokens: 1 }, { inputTokens: 2, outputTokens: 3 })).toEqual({
      inputTokens: 3,
      outputTokens: 3,
    });
  });
});
