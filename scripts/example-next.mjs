/**
 * `npm run example:next`: the example of Next as an app of its own, outside of the workspaces: our packages are packed as they would be
 * published, installed with Next into a temporary folder, and the app is built and started. `-- --port 4000` for another port,
 * `-- --no-start` to build only.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
export const appFolder = join(tmpdir(), "salesagent-example-next");
const next = join(appFolder, "node_modules", "next", "dist", "bin", "next");

/**
 * The app's own manifest, with our packages as tarballs: all that they need among themselves too.
 *
 * @param {{ dependencies: Record<string, string> }} manifest
 * @param {readonly { manifest: { name: string, dependencies?: Record<string, string> }, tarball: string }[]} packed
 */
export function toAppManifest(manifest, packed) {
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
export async function buildExample() {
  await ensureInstalled();
  await ensureBuilt();
  await step("Writing declarations", async () => {
    if ((await buildDeclarations()) !== 0) throw new Error("The declarations could not be written.");
  });
  await step("Packing", async () => {
    const packed = await packAll("example-next");
    rmSync(appFolder, { recursive: true, force: true });
    mkdirSync(appFolder, { recursive: true });
    cpSync(example, appFolder, { recursive: true, filter: (file) => !/node_modules|\.next/.test(file) });
    const manifest = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
    writeFileSync(join(appFolder, "package.json"), JSON.stringify(toAppManifest(manifest, packed), null, 2));
  });
  await step("Installing Next", () =>
    succeed(captureNpm(["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: appFolder })),
  );
  await step("Building the app", () =>
    succeed(
      captureNode([next, "build"], { cwd: appFolder, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" } }),
    ),
  );
}

/** @param {Promise<import("./workspace/command.mjs").Outcome>} running */
async function succeed(running) {
  const { exitCode, output } = await running;
  if (exitCode !== 0) throw new Error(output.trimEnd());
}

if (import.meta.filename === process.argv[1]) {
  await runMain(async () => {
    requireNode();
    const { values } = parseArgs({
      options: { port: { type: "string", default: "3000" }, "no-start": { type: "boolean", default: false } },
    });
    await buildExample();
    if (values["no-start"]) return 0;
    process.env["NEXT_TELEMETRY_DISABLED"] = "1";
    return runNode([next, "start", "--hostname", "127.0.0.1", "--port", values.port], { cwd: appFolder });
  });
}
