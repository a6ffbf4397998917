import { expect, it } from "vitest";
import { normaliseList } from "./list.js";

it.each([
  ["A; B;; a", ["A", "B"]],
  ["B2B -> Engineering, Product and Design", ["B2B", "Engineering, Product and Design"]],
  ["A | B\nC", ["A", "B", "C"]],
  ["React, Node.js", ["React, Node.js"]],
  ['["React", "Vue"]', ["React", "Vue"]],
  [" ; ", []],
])("splits %j into %j", (text, entries) => {
  expect(normaliseList(text, { commas: false })).toEqual(entries);
});

it("splits at commas where they are the strongest separator and allowed", () => {
  expect(normaliseList("React, Node.js", { commas: true })).toEqual(["React", "Node.js"]);
  expect(normaliseList("Sales, EMEA; Support", { commas: true })).toEqual(["Sales, EMEA", "Support"]);
});
