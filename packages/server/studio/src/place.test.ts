import { expect, it } from "vitest";
import { toHash, toPlace } from "./place.js";

it.each([
  ["", { view: "runs", id: undefined, query: {} }],
  ["#/leads", { view: "leads", id: undefined, query: {} }],
  ["#/leads/", { view: "leads", id: undefined, query: {} }],
  ["#/runs/a%2Fb?status=failed", { view: "runs", id: "a/b", query: { status: "failed" } }],
  ["#/runs/%E0%A4%A", { view: "runs", id: "%E0%A4%A", query: {} }],
])("reads %s", (hash, place) => expect(toPlace(hash)).toEqual(place));

it.each(["a/b?c#d", "..", "<img src=x>", "javascript:alert(1)", "%2F"])("keeps the id %s an id", (id) => {
  const hash = toHash("leads", id, { q: "x&y=z", stage: "" });
  expect(hash).toMatch(/^#\/leads\//);
  expect(toPlace(hash)).toEqual({ view: "leads", id, query: { q: "x&y=z" } });
});
