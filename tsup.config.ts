import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Options } from "tsup";

interface Manifest {
  exports: Record<string, string | { default: string }>;
  bin?: Record<string, string>;
}

/** The source of a built file: `./dist/model/index.js` is built from `src/model/index.ts`. */
const sourceOf = (folder: string, built: string): string =>
  join(folder, built.replace("./dist/", "src/").replace(/\.js$/, ".ts"));

/** One build for each published package; entries are what its manifest exports. Declarations come from `tsc -b`. */
const folders = ["packages", "packages/providers"]
  .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
  .filter((folder) => existsSync(join(folder, "package.json")));

const builds = folders.map((folder): Options => {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  const built = Object.values(manifest.exports)
    .flatMap((target) => (typeof target === "string" ? [] : [target.default]))
    .concat(Object.values(manifest.bin ?? {}));
  const entry = Object.fromEntries(
    [...new Set(built)].map((path) => [path.slice("./dist/".length, -".js".length), sourceOf(folder, path)]),
  );
  return {
    entry,
    outDir: join(folder, "dist"),
    format: "esm",
    target: "node20",
    splitting: true,
    sourcemap: true,
    metafile: true,
    skipNodeModulesBundle: true,
    external: [/^@salesagent\//],
    silent: true,
  };
});

export default defineConfig(builds);
