import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { isInstalled, matchesLock } from "./install.mjs";

const lock = (/** @type {Record<string, object>} */ packages) => JSON.stringify({ packages });

describe("what is installed, against the lock file", () => {
  it("is missing on a bare clone", () => {
    const folder = temporaryFolder({
      "package-lock.json": lock({ "node_modules/zod": { version: "4.2.0" } }),
    });

    expect(isInstalled(folder)).toBe(false);
  });

  it("stands when npm installed each locked version", () => {
    const packages = lock({ "node_modules/zod": { version: "4.2.0" } });
    const folder = temporaryFolder({
      "package-lock.json": packages,
      "node_modules/.package-lock.json": packages,
    });

    expect(isInstalled(folder)).toBe(true);
  });

  it("is stale when a pull brought another version", () => {
    const wanted = { packages: { "node_modules/zod": { version: "4.3.0" } } };
    const installed = { packages: { "node_modules/zod": { version: "4.2.0" } } };

    expect(matchesLock(wanted, installed)).toBe(false);
  });

  it("is stale when a pull brought a new package", () => {
    expect(matchesLock({ packages: { "node_modules/hono": { version: "4.0.0" } } }, { packages: {} })).toBe(
      false,
    );
  });

  it("does not need what other platforms install", () => {
    const wanted = {
      packages: { "": {}, "node_modules/@esbuild/aix": { version: "0.27.0", optional: true } },
    };

    expect(matchesLock(wanted, { packages: {} })).toBe(true);
  });
});
