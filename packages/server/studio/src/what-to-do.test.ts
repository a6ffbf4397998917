import { expect, it } from "vitest";
import { whatToDo } from "./what-to-do.js";

it("has something to do for every code, known or not", () => {
  expect(whatToDo("store.stale_revision", 409)).toContain("Load it again");
  expect(whatToDo("something.new", 503)).toContain("request's id");
  expect(whatToDo("something.new", 422)).toContain("Load the page again");
});
