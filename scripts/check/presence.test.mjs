import { expect, it } from "vitest";
import { portsWith } from "../testing/ports-package.mjs";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { findMissing } from "./presence.mjs";

it("is content with a README, a row in the root's, the root's license and a test", () => {
  const root = temporaryFolder({
    LICENSE: "MIT",
    "README.md": "| [`@salesagent/ports`](packages/ports) | contracts |",
    "packages/ports/LICENSE": "MIT",
    "packages/ports/README.md": "# @salesagent/ports",
    "packages/ports/src/error.test.ts": "",
  });

  expect(findMissing(root, portsWith({}))).toEqual([]);
});

it("finds each thing that a package lacks", () => {
  const root = temporaryFolder({ LICENSE: "MIT", "packages/ports/LICENSE": "GPL" });

  expect(findMissing(root, portsWith({}))).toEqual([
    "packages/ports/README.md is missing, or does not name @salesagent/ports",
    "README.md has no row for @salesagent/ports in its tables of packages",
    "packages/ports/LICENSE is not the root's: cp LICENSE packages/ports/",
    "packages/ports/src has no *.test.ts",
  ]);
});
