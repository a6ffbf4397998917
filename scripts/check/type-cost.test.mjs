import ts from "typescript";
import { expect, it } from "vitest";
import { findTooDear, schemasAlone, toolsAndAgent } from "./type-cost.mjs";

it("finds a program over the ceiling and passes one that reaches it", () => {
  expect(findTooDear(15_000, 15_000)).toEqual([]);
  expect(findTooDear(15_001, 15_000)).toEqual([
    "20 tools and an agent take 15001 instantiations, over the ceiling of 15000",
  ]);
});

it("compares the same schemas: 20 of them, three to five fields each", () => {
  const alone = ts.createSourceFile("a.ts", schemasAlone, ts.ScriptTarget.ES2022);
  expect(alone.statements.filter(ts.isVariableStatement)).toHaveLength(42);
  for (const code of [schemasAlone, toolsAndAgent]) {
    expect(code.match(/field\d+_2:/g)).toHaveLength(20);
    expect(code.match(/field\d+_5:/g)).toBeNull();
  }
  const fields = (/** @type {string} */ code) => code.match(/field\d+_\d: .*(?=,\n)/g);
  expect(fields(toolsAndAgent)).toEqual(fields(schemasAlone));
});
