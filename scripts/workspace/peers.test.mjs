import { afterEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { howToInstall, openPeer, peerFolder, peerVersions } from "./peers.mjs";

/**
 * A folder in which packages stand as npm installs them.
 *
 * @param {readonly string[]} names
 */
function installed(names) {
  return temporaryFolder(
    Object.fromEntries(
      names.flatMap((name) => [
        [`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.2.3", main: "index.cjs" })],
        [`node_modules/${name}/index.cjs`, `module.exports = { name: "${name}" };`],
      ]),
    ),
  );
}

afterEach(() => vi.unstubAllEnvs());

describe("peers", () => {
  it("are not there without their variable, or with a folder that lacks one of their packages", () => {
    vi.stubEnv("BENCH_DBOS", "");
    expect(peerFolder("dbos")).toBeUndefined();
    vi.stubEnv("BENCH_DBOS", installed([]));
    expect(peerFolder("dbos")).toBeUndefined();
  });

  it("are found, loaded and named with their versions", async () => {
    const folder = installed(["@dbos-inc/dbos-sdk"]);
    vi.stubEnv("BENCH_DBOS", folder);
    expect(peerFolder("dbos")).toBe(folder);
    expect(peerVersions("dbos", folder)).toBe("@dbos-inc/dbos-sdk 1.2.3");
    expect((await openPeer(folder).load("@dbos-inc/dbos-sdk")).default).toEqual({
      name: "@dbos-inc/dbos-sdk",
    });
  });

  it("say how they are installed", () => {
    expect(howToInstall("langgraph")).toMatch(/npm install .*@langchain\/langgraph@\S+ .*BENCH_LANGGRAPH=/);
  });
});
