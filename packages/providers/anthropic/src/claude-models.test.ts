import { priceNanoUsd } from "@salesagent/ports/money";
import { describe, expect, it } from "vitest";
import { claudeProfile, claudeProfiles, thinkingStyle } from "./claude-models.js";

describe("claude models", () => {
  it("know the snapshots of a family, and no price for what is not listed", () => {
    expect(claudeProfile("claude-haiku-4-5-20251001", "2026-10-21", undefined).price?.output).toBe(5);
    expect(claudeProfile("claude-zephyr-9", "2026-10-21", undefined).price).toBeUndefined();
    expect(claudeProfile("claude-fable-5-2", "2026-10-21", undefined).price).toBeUndefined();
  });

  it.each([
    ["at the threshold", 100_000, 100_000 * 0.1 + 1_000 * 0.5],
    ["above it, the whole call", 100_001, 100_001 * 0.5 + 1_000 * 2.5],
  ])("price haiku 5.5 by the length of the input: %s", (_, inputTokens, microUsd) => {
    const { price } = claudeProfile("claude-haiku-5-5", "2026-10-21", undefined);
    expect(price && priceNanoUsd(price, { inputTokens, outputTokens: 1_000 }, 0)).toBe(
      Math.round(microUsd * 1_000),
    );
  });

  it("price what the cache reads and writes", () => {
    const { price } = claudeProfile("claude-sonnet-5-5", "2026-10-21", undefined);
    const usage = {
      inputTokens: 10_000,
      cachedInputTokens: 4_000,
      cacheWriteTokens: 3_000,
      cacheWriteLongTokens: 1_000,
      outputTokens: 100,
    };
    const microUsd = 3_000 * 2 + 4_000 * 0.1 + 2_000 * 2.5 + 1_000 * 4 + 100 * 10;
    expect(price && priceNanoUsd(price, usage, 0)).toBe(microUsd * 1_000);
  });

  it("are told to think in the way of their generation", () => {
    const styles = Object.keys(claudeProfiles.models).map((id) => [id, thinkingStyle(id)] as const);
    expect(styles.filter(([, style]) => style.type === "budget").map(([id]) => id)).toEqual([
      "claude-opus-4-5",
      "claude-sonnet-4-5",
      "claude-haiku-4-5",
    ]);
    expect(styles.filter(([, style]) => !style.optional).map(([id]) => id)).toEqual([
      "claude-fable-5-2",
      "claude-fable-5-1",
      "claude-fable-5",
    ]);
  });
});
