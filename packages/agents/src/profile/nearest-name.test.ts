import { describe, expect, it } from "vitest";
import { didYouMean, nearestName } from "./nearest-name.js";

describe("nearestName", () => {
  it.each([
    ["wieght", "weight"],
    ["Wight", "weight"],
    ["requird", "required"],
    ["exlcude", "exclude"],
    ["nmae", "name"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearestName(typed, ["weight", "required", "exclude", "name"])).toBe(meant);
  });

  it("finds nothing where nothing is near", () => {
    expect(nearestName("colour", ["weight", "name"])).toBeUndefined();
    expect(nearestName("x".repeat(10_000), ["weight"])).toBeUndefined();
    expect(didYouMean("colour", ["weight"])).toBe("");
  });
});
