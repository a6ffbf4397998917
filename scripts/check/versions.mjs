/** Ranges between workspace packages name the version that the workspace has. */
import { runCheck } from "../workspace/check-report.mjs";
import { listPackages } from "../workspace/packages.mjs";

/** @typedef {import("../workspace/packages.mjs").WorkspacePackage} WorkspacePackage */

const kinds = /** @type {const} */ ([
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "optionalDependencies",
]);

/**
 * @param {readonly WorkspacePackage[]} packages
 * @returns {string[]}
 */
export function findWrongRanges(packages) {
  const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  return packages.flatMap(({ folder, manifest }) =>
    kinds.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).flatMap(([name, range]) => {
        const version = versions.get(name);
        if (version === undefined || range === version || range === `^${version}`) return [];
        return [`${folder}/package.json: ${kind} has ${name} ${range}, the workspace has ${version}`];
      }),
    ),
  );
}

await runCheck(import.meta.url, "versions", () => {
  const packages = listPackages();
  return { problems: findWrongRanges(packages), summary: `${packages.length} packages` };
});
