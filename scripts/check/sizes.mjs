/**
 * Each entry, bundled with the workspace packages that it needs, minified and gzipped, stays under its ceiling in
 * `sizes.json` (bytes). Vendor SDKs are not counted. `--update` writes new ceilings, 5 % above today's sizes: a line in the
 * same commit as the reason.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle, bundleEntry } from "../workspace/bundle.mjs";
import { runCheck } from "../workspace/check-report.mjs";
import { entriesOf, listPublicPackages } from "../workspace/packages.mjs";

const ceilingsFile = fileURLToPath(new URL("./sizes.json", import.meta.url));

/** What a host bundles to let an agent call a model. */
const agentCode = `
  export { defineAgent } from "@salesagent/core";
  export { openai } from "@salesagent/provider-openai";
`;

/**
 * @param {Record<string, number>} sizes In bytes.
 * @param {Record<string, number>} ceilings In bytes.
 * @returns {string[]}
 */
export function findTooLarge(sizes, ceilings) {
  const measured = Object.entries(sizes).flatMap(([name, size]) => {
    const ceiling = ceilings[name];
    if (ceiling === undefined)
      return [`${name} (${size} bytes) has no ceiling in sizes.json: run with --update`];
    return size > ceiling ? [`${name} is ${size} bytes, over its ceiling of ${ceiling}`] : [];
  });
  const gone = Object.keys(ceilings).filter((name) => sizes[name] === undefined);
  return [
    ...measured,
    ...gone.map((name) => `sizes.json names ${name}, which is no entry: run with --update`),
  ];
}

/**
 * Ceilings 5 % above the sizes, rounded up to tens of bytes.
 *
 * @param {Record<string, number>} sizes
 */
export function toCeilings(sizes) {
  return Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, Math.ceil((size * 1.05) / 10) * 10]),
  );
}

async function measure() {
  /** @type {Record<string, number>} */
  const sizes = { "an agent with a model": (await bundle(agentCode)).gzipBytes };
  for (const { specifier } of listPublicPackages().flatMap(entriesOf)) {
    sizes[specifier] = (await bundleEntry(specifier)).gzipBytes;
  }
  return sizes;
}

await runCheck(import.meta.url, "sizes", async () => {
  const sizes = await measure();
  if (process.argv.includes("--update")) {
    writeFileSync(ceilingsFile, `${JSON.stringify(toCeilings(sizes), null, 2)}\n`);
  }
  const ceilings = JSON.parse(readFileSync(ceilingsFile, "utf8"));
  return {
    problems: findTooLarge(sizes, ceilings),
    summary: `${Object.keys(sizes).length} bundles`,
    details: { gzipBytes: sizes, ceilings },
  };
});
