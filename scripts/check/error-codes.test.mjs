import { expect, it } from "vitest";
import { compareHeadings, readCodes } from "./error-codes.mjs";

const source = `
  interface Other { "a.b": string }
  export interface ErrorFacts {
    /** A comment with "x.y". */
    "model.auth": Facts;
    "tool.failed": Facts & { readonly "deep.key": string };
  }
`;

it("reads the codes of the error family", () => {
  expect(readCodes(source)).toEqual(["model.auth", "tool.failed"]);
});

it("finds a code that the documents leave out, and a heading whose code is gone", () => {
  expect(compareHeadings(["model.auth", "tool.failed"], "### model.auth\n\n### model.gone\n")).toEqual([
    'docs/errors.md has no heading "### tool.failed"',
    "docs/errors.md tells of model.gone, which is gone",
  ]);
});
