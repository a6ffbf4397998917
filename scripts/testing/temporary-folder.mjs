import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * A folder with these files, for one test; it goes when the test ends.
 *
 * @param {Record<string, string>} files Text by path.
 */
export function temporaryFolder(files) {
  const folder = mkdtempSync(join(tmpdir(), "salesagent-scripts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) writeTo(folder, path, text);
  return folder;
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {string} text
 */
export function writeTo(folder, path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
