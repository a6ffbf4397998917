import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rootFolder } from "./root.mjs";

/**
 * The scripts of a folder by name, without `.mjs`: all of them, or those asked for. A file whose name begins with `_` is
 * a part that others share, and no script.
 *
 * @param {string} folder Relative to the root.
 * @param {readonly string[]} names Empty for all.
 * @param {string} [root]
 * @throws Error naming what is not there.
 */
export function selectNamed(folder, names, root = rootFolder) {
  const known = existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter(isScript).map(withoutSuffix)
    : [];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`${folder} has no ${unknown.join(", ")}. It has: ${known.join(", ") || "nothing"}.`);
  }
  return names.length > 0 ? [...names] : known.sort();
}

/** @param {string} file */
const isScript = (file) => file.endsWith(".mjs") && !file.endsWith(".test.mjs") && !file.startsWith("_");

/** @param {string} file */
const withoutSuffix = (file) => file.slice(0, -".mjs".length);
