import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { selectNamed } from "./named-scripts.mjs";

const folder = () =>
  temporaryFolder({ "bench/b.mjs": "", "bench/a.mjs": "", "bench/a.test.mjs": "", "bench/_part.mjs": "" });

it("takes every script of the folder, in order, without tests and shared parts", () => {
  expect(selectNamed("bench", [], folder())).toEqual(["a", "b"]);
});

it("takes those that are named", () => {
  expect(selectNamed("bench", ["b"], folder())).toEqual(["b"]);
});

it("says what is there when a name is not", () => {
  expect(() => selectNamed("bench", ["c"], folder())).toThrow("bench has no c. It has: a, b.");
});

it("finds nothing in a folder that is not there", () => {
  expect(selectNamed("soak", [], folder())).toEqual([]);
});
