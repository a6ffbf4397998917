import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { captureNpm } from "./command.mjs";
import { listPublicPackages } from "./packages.mjs";
import { rootFolder } from "./root.mjs";

/**
 * @typedef {import("./packages.mjs").WorkspacePackage & { tarball: string, files: string[] }} PackedPackage
 * `tarball` is absolute; `files` are the paths inside it.
 */

/**
 * Packs each published package as `npm publish` would.
 *
 * @param {string} name Of a folder of its own under `.cache/packed`, so that two checks never share one.
 * @returns {Promise<PackedPackage[]>}
 */
export async function packAll(name) {
  const destination = join(rootFolder, ".cache", "packed", name);
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  const packages = listPublicPackages();
  const { exitCode, output } = await captureNpm([
    "pack",
    "--json",
    "--ignore-scripts",
    "--loglevel=silent",
    `--pack-destination=${destination}`,
    ...packages.map(({ manifest }) => `--workspace=${manifest.name}`),
  ]);
  if (exitCode !== 0) throw new Error(`npm pack failed with exit code ${exitCode}:\n${output}`);
  const packed = readPacked(output);
  return packages.map((item) => {
    const found = packed.find((one) => one.name === item.manifest.name);
    if (!found) throw new Error(`npm pack left ${item.manifest.name} out`);
    return {
      ...item,
      tarball: join(destination, found.filename),
      files: found.files.map(({ path }) => path),
    };
  });
}

/**
 * npm 11 and newer print an object by package name, older ones a list.
 *
 * @param {string} output
 * @returns {{ name: string, filename: string, files: { path: string }[] }[]}
 */
function readPacked(output) {
  const parsed = JSON.parse(output.slice(output.search(/^[[{]/m)));
  return Object.values(parsed);
}

/**
 * @param {string} file
 * @returns {ArrayBuffer}
 */
export function readTarball(file) {
  const bytes = readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
