import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../testing/command-line.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-drill-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function config(name: string, code: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, code);
  return path;
}

const drill = (args: readonly string[], signal = new AbortController().signal) =>
  commandLine(["drill", ...args], { signal });

/** Says of every call that it went well, and gives no text. */
const EMPTY = `export default () => ({
  stream: () => ({ async *[Symbol.asyncIterator]() {}, result: async () => ({ text: "" }) }),
});`;

describe("salesagent drill", () => {
  it("drills our router and prints what both sides saw", async () => {
    const { exitCode, stdout } = await drill(["--only", "11,13"]);

    expect(stdout).toMatch(/11 +no \[DONE\] +✓ +primary answer +✓ +1 \+ 0/);
    expect(stdout).toMatch(/13 +content filter +✓ +error model\.content_filtered +✓ +1 \+ 0/);
    expect(stdout).toContain("ModelRouter: 2 of 2 passed; 1 of 2 calls got an answer.");
    expect(exitCode).toBe(0);
  });

  it("speaks JSON: a line for each row, then a summary", async () => {
    const { exitCode, stdout } = await drill(["--only", "8", "--json"]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);

    expect(lines).toMatchObject([
      { type: "row", id: 8, caller: "pass", provider: "pass", requests: { primary: 1, fallback: 1 } },
      { type: "summary", subject: "ModelRouter", passed: 1, total: 1, calls: 1, answered: 1 },
    ]);
    expect(exitCode).toBe(0);
  });

  it("drills what a host's own module makes, and fails when a row does", async () => {
    const { exitCode, stdout } = await drill(["--config", await config("empty.mjs", EMPTY), "--only", "11"]);

    expect(stdout).toMatch(/✗ 11 no \[DONE\], caller: call 1 gave its reader no text, as a success/);
    expect(stdout).toContain("empty.mjs: 0 of 1 passed");
    expect(exitCode).toBe(1);
  });

  it("tells what the sixteen are", async () => {
    const { stdout } = await drill(["--list"]);
    expect(stdout).toMatch(/ 1 +429 with Retry-After/);
    expect(stdout).toMatch(/16 +accounting under failover/);
  });

  it("stops when it is interrupted", async () => {
    const { exitCode } = await drill(["--only", "11"], AbortSignal.abort(new Error("Interrupted")));
    expect(exitCode).toBe(130);
  });

  it.each([
    ["17", /--only must be numbers from 1 to 16, with commas, got "17"/],
    ["8,cut", /got "cut"/],
  ])("refuses --only %s", async (only, message) => {
    const { exitCode, stderr } = await drill(["--only", only]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it.each([
    ["is not there", "", /--config .*gone\.mjs can't be loaded/],
    ["has no default export", "export const model = 1;", /default export must be a function.*got undefined/],
    ["throws", "throw new Error('no key');", /can't be loaded: no key/],
  ])("refuses a module that %s", async (name, code, message) => {
    const path =
      code === "" ? join(folder, "gone.mjs") : await config(`${name.replaceAll(" ", "-")}.mjs`, code);
    const { exitCode, stderr } = await drill(["--config", path]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
