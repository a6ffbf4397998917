import type { ModelWarning, ReasoningEffort } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { nearestEffort } from "./nearest-effort.js";

describe("nearestEffort", () => {
  it.each<[ReasoningEffort, ReasoningEffort[], ReasoningEffort]>([
    ["low", ["low", "medium", "high"], "low"],
    ["minimal", ["none", "low", "high"], "low"],
    ["max", ["low", "medium", "high"], "high"],
    ["medium", ["low", "high"], "high"],
    ["none", ["none", "high"], "none"],
    ["none", ["low", "high"], "low"],
  ])("takes for %s of %j the step %s", (effort, steps, nearest) => {
    const warnings: ModelWarning[] = [];
    expect(nearestEffort(effort, steps, (warning) => warnings.push(warning))).toBe(nearest);
    expect(warnings.map((warning) => warning.field)).toEqual(nearest === effort ? [] : ["reasoning.effort"]);
  });
});
