import { expect, it } from "vitest";
import { portsWith } from "../testing/ports-package.mjs";
import { comparePaths, compareReferences } from "./entries.mjs";

const packages = [
  portsWith({
    exports: { ".": { default: "./dist/index.js" }, "./rules": { default: "./dist/rules/index.js" } },
  }),
];

it("finds an entry that the workspace does not resolve", () => {
  expect(comparePaths(packages, { "@salesagent/ports": ["./packages/ports/src/index.ts"] })).toEqual([
    'tsconfig.base.json: paths["@salesagent/ports/rules"] is undefined, its package exports ./packages/ports/src/rules/index.ts',
  ]);
});

it("finds a path that no package exports", () => {
  const paths = {
    "@salesagent/ports": ["./packages/ports/src/index.ts"],
    "@salesagent/ports/rules": ["./packages/ports/src/rules/index.ts"],
    "@salesagent/gone": ["./packages/gone/src/index.ts"],
  };

  expect(comparePaths(packages, paths)).toEqual([
    'tsconfig.base.json: paths["@salesagent/gone"] is exported by no package',
  ]);
});

it("finds a package that the build leaves out", () => {
  expect(compareReferences(packages, [{ path: "./packages/core" }])).toEqual([
    "tsconfig.json: no reference to packages/ports",
  ]);
});
