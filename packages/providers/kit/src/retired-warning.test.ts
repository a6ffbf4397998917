import type { ModelProfile } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { retiredWarning } from "./retired-warning.js";

const profile = (retired?: ModelProfile["retired"]): ModelProfile => ({
  abilities: {
    tools: true,
    parallelTools: true,
    structuredOutput: "schema",
    reasoning: true,
    vision: true,
    sampling: true,
    prefill: false,
  },
  locality: "cloud",
  source: { asOf: "2026-11-01" },
  ...(retired ? { retired } : {}),
});

const nowMs = Date.parse("2026-11-21T00:00:00Z");

describe("retiredWarning", () => {
  it.each<[string, ModelProfile["retired"], string[]]>([
    ["a model that lives", undefined, []],
    ["an end ahead", { on: "2026-11-30" }, ['"m" ends on 2026-11-30.']],
    [
      "an end that has come",
      { on: "2026-11-01", successor: "n" },
      ['"m" is retired (2026-11-01); its successor is "n".'],
    ],
    ["an end without a day", {}, ['"m" is retired.']],
  ])("tells of %s", (_, retired, messages) => {
    expect(retiredWarning("m", profile(retired), nowMs).map((warning) => warning.message)).toEqual(messages);
  });
});
