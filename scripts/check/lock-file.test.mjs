import { expect, it } from "vitest";
import { findHosts } from "./lock-file.mjs";

it("finds a download address, and accepts links inside the workspace", () => {
  const lock = {
    packages: {
      "node_modules/a": { resolved: "https://mirror.example/a.tgz" },
      "node_modules/@salesagent/ports": { resolved: "packages/ports" },
      "node_modules/b": {},
    },
  };

  expect(findHosts(lock)).toHaveLength(1);
  expect(findHosts(lock)[0]).toContain('"node_modules/a"');
});
