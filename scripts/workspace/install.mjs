import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { captureNpm } from "./command.mjs";
import { step } from "./progress.mjs";
import { rootFolder } from "./root.mjs";

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/** Installs what the lock file names, unless it is there already. */
export async function ensureInstalled() {
  if (isInstalled(rootFolder)) return;
  await step("Installing dependencies (npm ci)", async () => {
    const { exitCode, output } = await captureNpm([
      "ci",
      "--include=dev",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ]);
    if (exitCode !== 0) throw new Error(`npm ci failed with exit code ${exitCode}:\n${output.trimEnd()}`);
  });
}

/**
 * Whether `node_modules` holds what the lock file names. npm writes what it installed beside it, so this is a comparison
 * of contents: file times change with every checkout.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  return matchesLock(readLock(join(root, "package-lock.json")), readLock(installedFile));
}

/**
 * @param {LockFile} wanted
 * @param {LockFile} installed
 */
export function matchesLock(wanted, installed) {
  return Object.entries(wanted.packages ?? {}).every(([path, locked]) => {
    if (path === "" || locked.optional || locked.devOptional) return true;
    const found = installed.packages?.[path];
    return found !== undefined && found.version === locked.version;
  });
}

/**
 * @param {string} file
 * @returns {LockFile}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
