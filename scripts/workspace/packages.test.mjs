import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { entriesOf, listPackages, listPublicPackages } from "./packages.mjs";

const core = {
  name: "@salesagent/core",
  version: "0.1.0",
  exports: {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./model": { types: "./dist/model/index.d.ts", default: "./dist/model/index.js" },
    "./internal/*": null,
    "./package.json": "./package.json",
  },
  bin: { salesagent: "./dist/bin.js" },
};

const workspace = () =>
  temporaryFolder({
    "package.json": JSON.stringify({ workspaces: ["packages/core", "packages/providers/*", "absent/*"] }),
    "packages/core/package.json": JSON.stringify(core),
    "packages/providers/b/package.json": JSON.stringify({ name: "b", version: "1.0.0" }),
    "packages/providers/a/package.json": JSON.stringify({ name: "a", version: "1.0.0", private: true }),
    "packages/providers/notes.md": "no package",
  });

it("lists the packages of every workspace pattern", () => {
  expect(listPackages(workspace()).map(({ folder }) => folder)).toEqual([
    "packages/core",
    "packages/providers/a",
    "packages/providers/b",
  ]);
});

it("leaves private packages out of those that are published", () => {
  expect(listPublicPackages(workspace()).map(({ manifest }) => manifest.name)).toEqual([
    "@salesagent/core",
    "b",
  ]);
});

it("names each entry with what is built and from what; data files and closed subpaths are none", () => {
  const [item] = listPackages(workspace());

  expect(item && entriesOf(item)).toEqual([
    {
      specifier: "@salesagent/core",
      built: "packages/core/dist/index.js",
      source: "packages/core/src/index.ts",
    },
    {
      specifier: "@salesagent/core/model",
      built: "packages/core/dist/model/index.js",
      source: "packages/core/src/model/index.ts",
    },
  ]);
});
