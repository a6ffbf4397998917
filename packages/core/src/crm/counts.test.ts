import { expect, it } from "vitest";
import { addCounts, noBatchCounts, noPageCounts } from "./counts.js";

it("adds what has the same name, and leaves the rest", () => {
  const totals = noPageCounts();
  addCounts(totals, { read: 5, due: 2 });
  const page = { read: 1, unchanged: 1, created: 0, linked: 0, due: 0, refused: 0, cursorRevision: 7 };
  addCounts(totals, page);
  expect(totals).toEqual({ read: 6, unchanged: 1, created: 0, linked: 0, due: 2, refused: 0 });
});

it("begins with zeros of its own each time", () => {
  const totals = noBatchCounts();
  addCounts(totals, { links: 3 });
  expect(noBatchCounts().links).toBe(0);
  expect(Object.values(noBatchCounts())).toEqual(Array(9).fill(0));
});
