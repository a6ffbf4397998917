import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder, writeTo } from "../testing/temporary-folder.mjs";
import { hashSources, isBuilt, writeStamp } from "./build.mjs";

const manifest = {
  name: "@salesagent/ports",
  version: "0.1.0",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
};

function builtWorkspace() {
  const root = temporaryFolder({
    "package.json": JSON.stringify({ name: "root", workspaces: ["packages/*"] }),
    "packages/ports/package.json": JSON.stringify(manifest),
    "packages/ports/src/index.ts": "export const one = 1;",
    "packages/ports/dist/index.js": "export const one = 1;",
  });
  writeStamp(root, hashSources(root));
  return root;
}

it("leaves a build alone whose sources have not changed", () => {
  expect(isBuilt(builtWorkspace())).toBe(true);
});

it("leaves a build alone when only a test changed", () => {
  const root = builtWorkspace();
  writeTo(root, "packages/ports/src/index.test.ts", "it('counts')");

  expect(isBuilt(root)).toBe(true);
});

it.each([
  ["a source changed", "packages/ports/src/index.ts", "export const one = 2;"],
  ["a source came", "packages/ports/src/two.ts", "export const two = 2;"],
  ["the build's settings changed", "tsup.config.ts", "export default {}"],
])("builds again when %s", (_, path, text) => {
  const root = builtWorkspace();
  writeTo(root, path, text);

  expect(isBuilt(root)).toBe(false);
});

it("builds again when an entry is gone from dist", () => {
  const root = builtWorkspace();
  rmSync(join(root, "packages/ports/dist/index.js"));

  expect(isBuilt(root)).toBe(false);
});

it("builds when nothing was built yet", () => {
  const root = builtWorkspace();
  rmSync(join(root, ".cache"), { recursive: true });

  expect(isBuilt(root)).toBe(false);
});
