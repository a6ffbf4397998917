import { expect, it } from "vitest";
import { portsWith } from "../testing/ports-package.mjs";
import { findWrongRanges } from "./versions.mjs";

it.each(["0.2.0", "^0.2.0"])("accepts %s for a workspace version of 0.2.0", (range) => {
  const core = {
    folder: "core",
    manifest: { name: "c", version: "1.0.0", dependencies: { "@salesagent/ports": range } },
  };

  expect(findWrongRanges([portsWith({}), core])).toEqual([]);
});

it("finds a range that the workspace has left behind", () => {
  const core = {
    folder: "core",
    manifest: { name: "c", version: "1.0.0", dependencies: { "@salesagent/ports": "0.1.0" } },
  };

  expect(findWrongRanges([portsWith({}), core])).toEqual([
    "core/package.json: dependencies has @salesagent/ports 0.1.0, the workspace has 0.2.0",
  ]);
});
