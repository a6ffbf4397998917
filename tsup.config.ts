import { join } from "node:path";
import { defineConfig, type Options } from "tsup";
import { entriesOf, listPublicPackages } from "./scripts/workspace/packages.mjs";
import { studioFiles } from "./scripts/workspace/studio-bundle.mjs";

/** One build for each published package; entries are what its manifest exports. Declarations come from `tsc --build`. */
const builds = listPublicPackages().map((item): Options => {
  const dist = `${item.folder}/dist/`;
  const entry = Object.fromEntries(
    entriesOf(item).map(({ built, source }) => [built.slice(dist.length, -".js".length), source]),
  );
  return {
    entry,
    outDir: join(item.folder, "dist"),
    format: "esm",
    target: "node20",
    splitting: true,
    sourcemap: true,
    skipNodeModulesBundle: true,
    external: [/^@salesagent\//],
    removeNodeProtocol: false,
    silent: true,
    esbuildPlugins: [studioFiles()],
  };
});

export default defineConfig(builds);
