import { expect, it } from "vitest";
import { findWrongFiles } from "./packed-files.mjs";

it("finds what would be published by mistake, and what would be left out", () => {
  const files = [
    "package.json",
    "LICENSE",
    "bin/salesagent.js",
    "dist/index.js",
    "dist/index.d.ts",
    "dist/.tsbuildinfo",
    "src/index.ts",
  ];

  expect(findWrongFiles({ folder: "packages/ports", files })).toEqual([
    "packages/ports would publish dist/.tsbuildinfo",
    "packages/ports would publish src/index.ts",
    "packages/ports would not publish README.md",
  ]);
});
