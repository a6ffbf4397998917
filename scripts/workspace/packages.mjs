import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootFolder } from "./root.mjs";

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string[]} [workspaces]
 * @property {string[]} [files]
 * @property {Record<string, string | { types?: string, default: string }>} [exports]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder Relative to the root, with forward slashes.
 * @property {Manifest} manifest
 */

/**
 * @typedef {object} Entry One importable entry of a package.
 * @property {string} specifier Such as `@salesagent/core/model`.
 * @property {string} built Relative to the root: `packages/core/dist/model/index.js`.
 * @property {string} source Relative to the root: `packages/core/src/model/index.ts`.
 */

/**
 * @param {string} file
 * @returns {Manifest}
 */
function readManifest(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * Every workspace package, in the order of the root manifest.
 *
 * @param {string} [root]
 * @returns {WorkspacePackage[]}
 */
export function listPackages(root = rootFolder) {
  const patterns = readManifest(join(root, "package.json")).workspaces ?? [];
  return patterns
    .flatMap((pattern) => expand(root, pattern))
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder, "package.json")) }));
}

/**
 * The packages that are published.
 *
 * @param {string} [root]
 */
export function listPublicPackages(root = rootFolder) {
  return listPackages(root).filter(({ manifest }) => !manifest.private);
}

/**
 * What a package lets others import. Data files, such as `./package.json`, are no entries.
 *
 * @param {WorkspacePackage} workspacePackage
 * @returns {Entry[]}
 */
export function entriesOf({ folder, manifest }) {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) =>
    typeof target === "object" && target !== null
      ? [{ specifier: manifest.name + subpath.slice(1), ...builtFile(folder, target.default) }]
      : [],
  );
}

/**
 * @param {string} folder
 * @param {string} path As in a manifest: `./dist/model/index.js`.
 */
function builtFile(folder, path) {
  const inside = path.replace(/^\.\//, "");
  return {
    built: `${folder}/${inside}`,
    source: `${folder}/${inside.replace(/^dist\//, "src/").replace(/\.js$/, ".ts")}`,
  };
}

/**
 * @param {string} root
 * @param {string} pattern A folder, or a folder with `/*` behind it.
 * @returns {string[]}
 */
function expand(root, pattern) {
  if (!pattern.endsWith("/*")) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(root, folder, "package.json")));
}
