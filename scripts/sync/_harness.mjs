import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { rootFolder } from "../workspace/root.mjs";

/**
 * What the tests of the sync engine stand on, which is TypeScript and is not published.
 *
 * @returns {Promise<typeof import("../../packages/core/src/crm/testing/index.js")>}
 */
export async function loadHarness() {
  const folder = join(rootFolder, "node_modules/.cache/salesagent");
  const outfile = join(folder, `sync-harness-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(rootFolder, "packages/core/src/crm/testing/index.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    // The oldest that is supported knows no `using`.
    target: "node20",
    // Its `paths` lead to sources, so that what is tested is what stands here.
    tsconfig: join(rootFolder, "tsconfig.base.json"),
    packages: "external",
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile);
  }
}

/** The seed of a run; SEED in the environment repeats one. */
export const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
