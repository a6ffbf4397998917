/**
 * What a package exports, what TypeScript and vitest resolve in the workspace (`paths` of tsconfig.base.json) and what is
 * built (`references` of tsconfig.json) are the same.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "../workspace/check-report.mjs";
import { entriesOf, listPublicPackages } from "../workspace/packages.mjs";
import { rootFolder } from "../workspace/root.mjs";

/** @typedef {import("../workspace/packages.mjs").WorkspacePackage} WorkspacePackage */

/**
 * @param {readonly WorkspacePackage[]} packages
 * @param {Record<string, readonly string[]>} paths
 * @returns {string[]}
 */
export function comparePaths(packages, paths) {
  const sources = new Map(
    packages.flatMap(entriesOf).map(({ specifier, source }) => [specifier, `./${source}`]),
  );
  const missing = [...sources].flatMap(([specifier, source]) => {
    const found = paths[specifier]?.[0];
    return found === source
      ? []
      : [`tsconfig.base.json: paths["${specifier}"] is ${found}, its package exports ${source}`];
  });
  const extra = Object.keys(paths).filter((specifier) => !sources.has(specifier));
  return [
    ...missing,
    ...extra.map((specifier) => `tsconfig.base.json: paths["${specifier}"] is exported by no package`),
  ];
}

/**
 * @param {readonly WorkspacePackage[]} packages
 * @param {readonly { path: string }[]} references
 * @returns {string[]}
 */
export function compareReferences(packages, references) {
  const referenced = new Set(references.map(({ path }) => path.replace(/^\.\//, "")));
  return packages
    .filter(({ folder }) => !referenced.has(folder))
    .map(({ folder }) => `tsconfig.json: no reference to ${folder}`);
}

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(join(rootFolder, file), "utf8"));

await runCheck(import.meta.url, "entries", () => {
  const packages = listPublicPackages();
  const entries = packages.flatMap(entriesOf);
  const absent = entries
    .filter(({ source }) => !existsSync(join(rootFolder, source)))
    .map(({ specifier, source }) => `${specifier} has no source ${source}`);
  return {
    problems: [
      ...absent,
      ...comparePaths(packages, readJson("tsconfig.base.json").compilerOptions.paths),
      ...compareReferences(packages, readJson("tsconfig.json").references),
    ],
    summary: `${entries.length} entries`,
  };
});
