import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { captureNode, runNode } from "./command.mjs";
import { entriesOf, listPackages, listPublicPackages } from "./packages.mjs";
import { step } from "./progress.mjs";
import { rootFolder } from "./root.mjs";

const stampFile = ".cache/javascript-build";

/** Builds the JavaScript of every package, unless what stands was built from these very sources. */
export async function ensureBuilt() {
  if (isBuilt(rootFolder)) return;
  await step("Building", async () => {
    const { exitCode, output } = await buildJavaScript();
    if (exitCode !== 0) throw new Error(`The build failed with exit code ${exitCode}:\n${output.trimEnd()}`);
  });
}

/** Bundles every package's entries. What an earlier build left goes first, so that no stale chunk is published. */
export async function buildJavaScript() {
  const hash = hashSources(rootFolder);
  rmSync(join(rootFolder, stampFile), { force: true });
  for (const { folder } of listPublicPackages()) removeJavaScript(join(rootFolder, folder, "dist"));
  const outcome = await captureNode([programFile("tsup", "dist/cli-default.js")]);
  if (outcome.exitCode === 0) writeStamp(rootFolder, hash);
  return outcome;
}

/** Writes the type declarations, and so checks the types of every package. @returns The exit code. */
export function buildDeclarations() {
  return runNode([programFile("typescript", "bin/tsc"), "--build"]);
}

/**
 * The file of a program that a development dependency of the root brings.
 *
 * @param {string} packageName
 * @param {string} path Inside that package.
 */
export function programFile(packageName, path) {
  return join(rootFolder, "node_modules", packageName, path);
}

/**
 * Whether the last build was made from the sources that stand, and all that it wrote is there.
 *
 * @param {string} root
 */
export function isBuilt(root) {
  const file = join(root, stampFile);
  if (!existsSync(file) || readFileSync(file, "utf8") !== hashSources(root)) return false;
  return listPublicPackages(root)
    .flatMap(entriesOf)
    .every(({ built }) => existsSync(join(root, built)));
}

/**
 * @param {string} root
 * @param {string} hash
 */
export function writeStamp(root, hash) {
  const file = join(root, stampFile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}

/**
 * A hash over everything that the JavaScript is built from.
 *
 * @param {string} root
 * @returns {string} In hexadecimal.
 */
export function hashSources(root) {
  const hash = createHash("sha256");
  for (const file of listSources(root)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** @param {string} root */
function listSources(root) {
  const shared = ["package.json", "package-lock.json", "tsconfig.base.json", "tsup.config.ts"];
  const owned = listPackages(root).flatMap(({ folder }) => [
    `${folder}/package.json`,
    ...["src", "studio"]
      .flatMap((name) => listFiles(root, `${folder}/${name}`))
      .filter((file) => !/\.test(-d)?\.ts$/.test(file)),
  ]);
  return [...shared, ...owned].filter((file) => existsSync(join(root, file)));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} Sorted, relative to the root.
 */
function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(join(root, "/").length).replaceAll("\\", "/"))
    .sort();
}

/** @param {string} folder */
function removeJavaScript(folder) {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/\.js(\.map)?$/.test(file)) rmSync(join(folder, file));
  }
}
