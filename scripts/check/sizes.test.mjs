import { expect, it } from "vitest";
import { findTooLarge, toCeilings } from "./sizes.mjs";

it("finds an entry over its ceiling, one without a ceiling and a ceiling without an entry", () => {
  expect(findTooLarge({ a: 101, b: 100, c: 1 }, { a: 100, b: 100, d: 1 })).toEqual([
    "a is 101 bytes, over its ceiling of 100",
    "c (1 bytes) has no ceiling in sizes.json: run with --update",
    "sizes.json names d, which is no entry: run with --update",
  ]);
});

it("leaves five per cent of headroom", () => {
  expect(toCeilings({ a: 1000, b: 1001 })).toEqual({ a: 1050, b: 1060 });
});
