/** Are the types wrong? Each published package, packed, resolves with its types under every ESM resolution mode. */
import { availableParallelism } from "node:os";
import { programFile } from "../workspace/build.mjs";
import { runCheck } from "../workspace/check-report.mjs";
import { captureNode } from "../workspace/command.mjs";
import { packAll } from "../workspace/pack.mjs";

/** @typedef {import("../workspace/pack.mjs").PackedPackage} PackedPackage */

const program = programFile("@arethetypeswrong/cli", "dist/index.js");

/**
 * @param {PackedPackage} packed
 * @returns {Promise<string[]>}
 */
async function findWrongTypes({ folder, tarball }) {
  const { exitCode, output } = await captureNode([
    program,
    tarball,
    "--profile=esm-only",
    "--format=ascii",
    "--no-color",
    "--no-emoji",
  ]);
  return exitCode === 0 ? [] : [`${folder}:\n${output.trimEnd()}`];
}

await runCheck(import.meta.url, "type-resolution", async () => {
  const packages = await packAll("type-resolution");
  /** @type {string[]} */
  const problems = [];
  const queue = [...packages];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) problems.push(...(await findWrongTypes(next)));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { problems, summary: `${packages.length} packages` };
});
