import { isBuiltin } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entriesOf, listPublicPackages } from "./packages.mjs";
import { rootFolder } from "./root.mjs";

/**
 * @typedef {object} OutsideImport What a bundle takes from outside the workspace.
 * @property {string} path
 * @property {boolean} dynamic True for `import()`, which loads on first use.
 */

/**
 * @typedef {object} Bundle
 * @property {number} gzipBytes
 * @property {OutsideImport[]} imports
 */

/**
 * Bundles code as a host would, minified: workspace packages from what was built, everything else left outside.
 *
 * @param {string} code An ES module.
 * @returns {Promise<Bundle>}
 */
export async function bundle(code) {
  const built = new Map(
    listPublicPackages()
      .flatMap(entriesOf)
      .map((entry) => [entry.specifier, entry.built]),
  );
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: code, resolveDir: rootFolder, sourcefile: "entry.js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    metafile: true,
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "workspace",
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path }) => {
            const file = built.get(path);
            return file === undefined
              ? { path, external: true }
              : { path: join(rootFolder, file), sideEffects: false };
          });
        },
      },
    ],
  });
  const absent = warnings.filter(({ id }) => id === "import-is-undefined");
  if (absent.length > 0) throw new Error(absent.map(({ text }) => text).join("\n"));
  const [output] = outputFiles;
  const [facts] = Object.values(metafile.outputs);
  if (!output || !facts) throw new Error("esbuild wrote nothing");
  return {
    gzipBytes: gzipSync(output.contents, { level: 9 }).length,
    imports: facts.imports.map(({ path, kind }) => ({ path, dynamic: kind === "dynamic-import" })),
  };
}

/** @param {string} specifier */
export function bundleEntry(specifier) {
  return bundle(`export * from ${JSON.stringify(specifier)};`);
}

/** @param {OutsideImport} outside */
export function isNodeBuiltin({ path }) {
  return isBuiltin(path);
}
