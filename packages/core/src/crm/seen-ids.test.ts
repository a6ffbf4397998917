import { describe, expect, it } from "vitest";
import { SeenIds } from "./seen-ids.js";

describe("SeenIds", () => {
  it("has what was added, once, and nothing else, also when it grew", () => {
    const seen = new SeenIds();
    for (let index = 0; index < 20_000; index++) seen.add(`contact-${index % 10_000}`);
    expect(seen.size).toBe(10_000);
    for (let index = 0; index < 10_000; index++) {
      expect([index, seen.has(`contact-${index}`), seen.has(`company-${index}`)]).toEqual([
        index,
        true,
        false,
      ]);
    }
  });
});
