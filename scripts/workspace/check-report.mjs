import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runMain } from "./progress.mjs";

/**
 * @typedef {object} CheckResult
 * @property {string[]} problems What is wrong, where, and what to do; empty when all is well.
 * @property {string} summary What was looked at, in a few words: `23 packages`.
 * @property {unknown} [details] Figures for `--json`.
 */

/**
 * Runs a check when its file was started as a program; imported, as by its test, it does nothing. Prints one line when
 * all is well and a line a problem otherwise, or the whole result as JSON with `--json`.
 *
 * @param {string} moduleUrl The `import.meta.url` of the check.
 * @param {string} name
 * @param {() => CheckResult | Promise<CheckResult>} check
 */
export async function runCheck(moduleUrl, name, check) {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(moduleUrl)) return;
  await runMain(async () => {
    const result = await check();
    process.stdout.write(process.argv.includes("--json") ? toJson(result) : toLines(name, result));
    return result.problems.length > 0 ? 1 : 0;
  });
}

/** @param {CheckResult} result */
function toJson(result) {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * @param {string} name
 * @param {CheckResult} result
 */
function toLines(name, { problems, summary }) {
  if (problems.length === 0) return `ok   ${name}: ${summary}\n`;
  return [
    `FAIL ${name}: ${problems.length} of ${summary}`,
    ...problems.map((problem) => `     ${problem}`),
    "",
  ].join("\n");
}
