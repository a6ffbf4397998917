/**
 * `npm run example:next`: the example of Next as an app of its own, outside of the workspaces: our packages are packed as they would be
 * published, installed with Next into a temporary folder, and the app is built and started. `-- --port 4000` for another port,
 * `-- --check` to look at its pages in a browser, with SCREENSHOTS set to a folder for pictures of them, and end.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildDeclarations, ensureBuilt } from "./workspace/build.mjs";
import { captureNode, captureNpm, runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { requireNode } from "./workspace/node-version.mjs";
import { packAll } from "./workspace/pack.mjs";
import { runMain, step } from "./workspace/progress.mjs";
import { rootFolder } from "./workspace/root.mjs";

const example = join(rootFolder, "examples", "next");
/** Outside of the repository, so that nothing is found that the app does not ask for. */
const appFolder = mkdtempSync(join(tmpdir(), "salesagent-example-next-"));
const next = join(appFolder, "node_modules", "next", "dist", "bin", "next");

/**
 * The app's own manifest, with our packages as tarballs: all that they need among themselves too.
 *
 * @param {{ dependencies: Record<string, string> }} manifest
 * @param {readonly { manifest: { name: string, dependencies?: Record<string, string> }, tarball: string }[]} packed
 */
function toAppManifest(manifest, packed) {
  const ours = new Map(packed.map((item) => [item.manifest.name, item]));
  /** @type {Record<string, string>} */
  const own = {};
  const need = (/** @type {readonly string[]} */ names) => {
    for (const name of names) {
      const item = ours.get(name);
      if (!item || own[name]) continue;
      own[name] = `file:${item.tarball}`;
      need(Object.keys(item.manifest.dependencies ?? {}));
    }
  };
  need(Object.keys(manifest.dependencies));
  return { ...manifest, dependencies: { ...manifest.dependencies, ...own } };
}

/** Packs, installs and builds. The app is in `appFolder` then. */
async function buildExample() {
  await ensureInstalled();
  await ensureBuilt();
  await step("Writing declarations", async () => {
    if ((await buildDeclarations()) !== 0) throw new Error("The declarations could not be written.");
  });
  await step("Packing", async () => {
    const packed = await packAll("example-next");
    cpSync(example, appFolder, { recursive: true, filter: (file) => !/node_modules|\.next/.test(file) });
    const manifest = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
    writeFileSync(join(appFolder, "package.json"), JSON.stringify(toAppManifest(manifest, packed), null, 2));
  });
  await step("Installing Next", () =>
    succeed(captureNpm(["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: appFolder })),
  );
  await step("Building the app", () => succeed(captureNode([next, "build"], { cwd: appFolder })));
}

/** @param {Promise<import("./workspace/command.mjs").Outcome>} running */
async function succeed(running) {
  const { exitCode, output } = await running;
  if (exitCode !== 0) throw new Error(output.trimEnd());
}

/** @param {string} port */
const startArguments = (port) => [next, "start", "--hostname", "127.0.0.1", "--port", port];

/** @param {string} port */
async function check(port) {
  const { checkNextPages } = await import("./testing/next-pages.mjs");
  const server = spawn(process.execPath, startArguments(port), { cwd: appFolder, stdio: "inherit" });
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilAnswered(url, server);
    const isChecked = await checkNextPages(url, { screenshots: process.env["SCREENSHOTS"] });
    console.log(
      isChecked ? "The pages are as they should be." : "No Chromium here: CHROMIUM_PATH names one.",
    );
  } finally {
    if (server.kill("SIGTERM")) await once(server, "exit");
  }
}

/**
 * @param {string} url
 * @param {import("node:child_process").ChildProcess} server
 */
async function untilAnswered(url, server) {
  while (server.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error("The server ended.");
}

await runMain(async () => {
  requireNode();
  const { values } = parseArgs({
    options: { port: { type: "string", default: "3000" }, check: { type: "boolean", default: false } },
  });
  process.env["NEXT_TELEMETRY_DISABLED"] = "1";
  try {
    await buildExample();
    if (values.check) return await check(values.port);
    return await runNode(startArguments(values.port), { cwd: appFolder });
  } finally {
    rmSync(appFolder, { recursive: true, force: true, maxRetries: 5 });
  }
});
