import { describe, expect, it } from "vitest";
import { fromAiSdkUsage } from "./from-ai-sdk-usage.js";

const v2 = (usage: unknown, provider = "openai.chat", metadata = {}) =>
  fromAiSdkUsage(usage, { version: "v2", provider, metadata });
const nested = (usage: unknown, version: "v3" | "v4" = "v3") =>
  fromAiSdkUsage(usage, { version, provider: "openai.chat", metadata: undefined });

describe("fromAiSdkUsage", () => {
  it.each(["v3", "v4"] as const)("reads the nested account of %s", (version) => {
    const usage = {
      inputTokens: { total: 100, noCache: 30, cacheRead: 50, cacheWrite: 20 },
      outputTokens: { total: 40, text: 10, reasoning: 30 },
      raw: { anything: 1 },
    };
    expect(nested(usage, version)).toEqual({
      inputTokens: 100,
      cachedInputTokens: 50,
      cacheWriteTokens: 20,
      outputTokens: 40,
      reasoningTokens: 30,
    });
  });

  it("reads the flat account of v2", () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 40,
      totalTokens: 140,
      cachedInputTokens: 50,
      reasoningTokens: 30,
    };
    expect(v2(usage)).toEqual({
      inputTokens: 100,
      cachedInputTokens: 50,
      outputTokens: 40,
      reasoningTokens: 30,
    });
  });

  it("counts what a v2 total holds beyond its parts as output", () => {
    const usage = { inputTokens: 35, outputTokens: 12, totalTokens: 109, reasoningTokens: 62 };
    expect(v2(usage, "google.generative-ai")).toEqual({
      inputTokens: 35,
      outputTokens: 74,
      reasoningTokens: 62,
    });
  });

  it("adds Claude's cache to the input in v2, where it is left out", () => {
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedInputTokens: 100 };
    const metadata = { anthropic: { cacheCreationInputTokens: 30 } };
    expect(v2(usage, "anthropic.messages", metadata)).toEqual({
      inputTokens: 140,
      cachedInputTokens: 100,
      cacheWriteTokens: 30,
      outputTokens: 5,
    });
  });

  it("leaves out what is not told, and never makes it 0", () => {
    expect(v2({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })).toEqual({});
    expect(nested({ inputTokens: { total: 5 }, outputTokens: {} })).toEqual({ inputTokens: 5 });
    for (const broken of [undefined, null, 7, { inputTokens: "5" }, { inputTokens: Number.NaN }]) {
      expect(v2(broken)).toEqual({});
      expect(nested(broken)).toEqual({});
    }
  });

  it("keeps a part within its total", () => {
    const usage = { inputTokens: { total: 5, cacheRead: 9 }, outputTokens: { total: 10, reasoning: 11 } };
    expect(nested(usage)).toEqual({
      inputTokens: 5,
      cachedInputTokens: 5,
      outputTokens: 10,
      reasoningTokens: 10,
    });
  });
});
