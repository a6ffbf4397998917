import { expect, it } from "vitest";
import { cleanCell, singleLine } from "./clean-cell.js";

it.each([
  ["  Figma ", "Figma"],
  ["N/A", ""],
  ["null", ""],
  [" - ", ""],
  ["NA", "NA"],
  ["None of the above", "None of the above"],
])("cleans %j to %j", (cell, text) => {
  expect(cleanCell(cell)).toBe(text);
});

it("puts text on one line", () => {
  expect(singleLine("1 Main St\r\nSpringfield\t IL")).toBe("1 Main St Springfield IL");
});
