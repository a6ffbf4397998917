/**
 * `@salesagent/ports` as the workspace may list it.
 *
 * @param {Partial<import("../workspace/packages.mjs").Manifest>} manifest What differs.
 * @returns {import("../workspace/packages.mjs").WorkspacePackage}
 */
export const portsWith = (manifest) => ({
  folder: "packages/ports",
  manifest: { name: "@salesagent/ports", version: "0.2.0", ...manifest },
});
