import type { JsonValue } from "@salesagent/ports";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Comparison, type Condition, holds } from "./condition.js";

const data = {
  input: { score: 70, limit: 60, name: "Ada", tags: ["hot", "eu"], none: null, "a/b": 1 },
  steps: { look: { verdict: { yes: true } } },
  errors: {},
};

it.each<[Condition, boolean]>([
  [{ path: "/input/score", is: "==", value: 70 }, true],
  [{ path: "/input/score", is: "==", value: "70" }, false],
  [{ path: "/steps/look/verdict", is: "==", value: { yes: true } }, true],
  [{ path: "/input/score", is: ">=", valueFrom: "/input/limit" }, true],
  [{ path: "/input/score", is: "<", valueFrom: "/input/limit" }, false],
  [{ path: "/input/name", is: ">", value: "Aaron" }, true],
  [{ path: "/input/name", is: ">", value: 1 }, false],
  [{ path: "/input/none", is: "exists" }, true],
  [{ path: "/input/nothing", is: "exists" }, false],
  [{ path: "/input/nothing", is: "==", valueFrom: "/input/nothing" }, false],
  [{ path: "/input/nothing", is: "!=", value: 1 }, true],
  [{ path: "/input/nothing", is: "<=", value: 1 }, false],
  [{ path: "/input/tags", is: "contains", value: "eu" }, true],
  [{ path: "/input/name", is: "in", value: ["Ada", "Bo"] }, true],
  [{ path: "/input/tags/1", is: "==", value: "eu" }, true],
  [{ path: "/input/tags/length", is: "exists" }, false],
  [{ path: "/input/constructor/name", is: "exists" }, false],
  [{ path: "/input/a~1b", is: "==", value: 1 }, true],
  [{ not: { path: "/input/score", is: "==", value: 70 } }, false],
  [
    {
      and: [
        { path: "/input/score", is: ">", value: 1 },
        { path: "/input/score", is: ">", value: 99 },
      ],
    },
    false,
  ],
  [
    {
      or: [
        { path: "/input/score", is: ">", value: 1 },
        { path: "/input/score", is: ">", value: 99 },
      ],
    },
    true,
  ],
])("%j holds: %s", (condition, expected) => {
  expect(holds(condition, data)).toBe(expected);
});

it("orders any two numbers one way, and nothing else with them", () => {
  const is = (left: JsonValue, comparison: Comparison, right: JsonValue) =>
    holds(
      { path: "/input/left", is: comparison, valueFrom: "/input/right" },
      { input: { left, right }, steps: {}, errors: {} },
    );
  fc.assert(
    fc.property(fc.integer(), fc.oneof(fc.integer(), fc.string()), (left, right) => {
      const said = (["<", "==", ">"] as const).filter((comparison) => is(left, comparison, right));
      expect(said).toHaveLength(typeof right === "number" ? 1 : 0);
      expect(is(left, "!=", right)).toBe(!is(left, "==", right));
    }),
  );
});
