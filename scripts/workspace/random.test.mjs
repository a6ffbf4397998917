import { describe, expect, it } from "vitest";
import { createChoices, createRandom } from "./random.mjs";

describe("createRandom", () => {
  it("gives the numbers of Mulberry32", () => {
    const random = createRandom(1);
    expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478]);
  });

  it("gives the same numbers for the same seed, and others for another", () => {
    const three = (/** @type {number} */ seed) => Array.from({ length: 3 }, createRandom(seed));
    expect(three(77)).toEqual(three(77));
    expect(three(77)).not.toEqual(three(78));
  });
});

describe("createChoices", () => {
  it("chooses among all that there is, and nothing else", () => {
    const { below, pick, chance } = createChoices(7);
    const drawn = Array.from({ length: 200 }, () => below(4));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3]));
    expect(new Set(Array.from({ length: 50 }, () => pick(["a", "b"])))).toEqual(new Set(["a", "b"]));
    expect(Array.from({ length: 50 }, () => chance(0))).not.toContain(true);
    expect(Array.from({ length: 50 }, () => chance(1))).not.toContain(false);
  });
});
