import type { JsonValue } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { toVector } from "./to-vector.js";

describe("toVector", () => {
  it("takes a list of numbers", () => {
    expect(toVector([0.5, -1, 0])).toEqual(new Float32Array([0.5, -1, 0]));
  });

  it.each<JsonValue | undefined>([
    undefined,
    null,
    "AAAA",
    { 0: 1 },
    [null, 1],
    ["1", 1],
    [[1], 1],
    [true, 1],
    [1e308, 1],
  ])("takes no %j, of which a vector would make numbers of its own", (values) => {
    expect(toVector(values)).toBeUndefined();
  });
});
