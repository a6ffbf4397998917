import { describe, expect, it } from "vitest";
import { promptCutWarning } from "./prompt-cut.js";

describe("promptCutWarning", () => {
  it.each<[string, number, number | undefined, number | undefined, boolean]>([
    ["a prompt that fits", 8_000, 2_000, 8_192, false],
    ["a prompt that fills the window to the last token", 40_000, 8_192, 8_192, true],
    ["a default window that is full", 40_000, 4_096, undefined, true],
    ["far fewer tokens than the text can have", 60_000, 6_000, 8_192, true],
    ["a small prompt that the cache had most of", 4_000, 12, 8_192, false],
    ["a prompt that the cache had all of", 60_000, undefined, 8_192, false],
    ["a long prompt in a large window", 60_000, 15_000, 32_768, false],
    ["text of a script with many tokens a character", 60_000, 30_000, 32_768, false],
  ])("%s", (_, promptChars, promptTokens, contextTokens, warned) => {
    expect(promptCutWarning({ promptChars, promptTokens, contextTokens })).toHaveLength(warned ? 1 : 0);
  });
});
