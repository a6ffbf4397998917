/** Each published package has a README that is its own, a row in the README of the root, the LICENSE of the root, and a test. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "../workspace/check-report.mjs";
import { listPublicPackages } from "../workspace/packages.mjs";
import { rootFolder } from "../workspace/root.mjs";

/** @typedef {import("../workspace/packages.mjs").WorkspacePackage} WorkspacePackage */

/**
 * @param {string} root
 * @param {WorkspacePackage} workspacePackage
 * @returns {string[]}
 */
export function findMissing(root, { folder, manifest }) {
  const problems = [];
  if (!readText(root, `${folder}/README.md`).includes(manifest.name)) {
    problems.push(`${folder}/README.md is missing, or does not name ${manifest.name}`);
  }
  if (!readText(root, "README.md").includes(`| [\`${manifest.name}\`](${folder}) |`)) {
    problems.push(`README.md has no row for ${manifest.name} in its tables of packages`);
  }
  if (readText(root, `${folder}/LICENSE`) !== readText(root, "LICENSE")) {
    problems.push(`${folder}/LICENSE is not the root's: cp LICENSE ${folder}/`);
  }
  if (!hasTest(join(root, folder, "src"))) problems.push(`${folder}/src has no *.test.ts`);
  return problems;
}

/**
 * @param {string} root
 * @param {string} file
 */
function readText(root, file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
}

/** @param {string} folder */
function hasTest(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".test.ts"));
}

await runCheck(import.meta.url, "presence", () => {
  const packages = listPublicPackages();
  return {
    problems: packages.flatMap((item) => findMissing(rootFolder, item)),
    summary: `${packages.length} packages`,
  };
});
