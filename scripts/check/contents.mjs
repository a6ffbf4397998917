/**
 * What each entry may load, read from its bundle: a stray import makes every host pay for it, or breaks a runtime that has
 * no Node.js.
 */
import { bundleEntry, isNodeBuiltin } from "../workspace/bundle.mjs";
import { runCheck } from "../workspace/check-report.mjs";
import { entriesOf, listPublicPackages } from "../workspace/packages.mjs";

/**
 * @typedef {import("../workspace/bundle.mjs").OutsideImport} OutsideImport
 * @typedef {object} Rule
 * @property {RegExp} entries
 * @property {(outside: OutsideImport) => boolean} refuses
 * @property {string} reason
 */

/** Vendor SDKs and drivers that a host brings along. */
const peers = /^(openai|@anthropic-ai\/sdk|pg|ai|nodemailer)(\/|$)/;
const schemaLibraries = /^(zod|valibot|arktype)(\/|$)/;

/** @type {readonly Rule[]} */
export const rules = [
  {
    entries: /^@salesagent\/ports(\/|$)/,
    refuses: () => true,
    reason: "ports has no dependencies",
  },
  {
    entries: /^@salesagent\/client(\/|$)/,
    refuses: ({ path }) => path !== "react",
    reason: "what pages load has no dependencies",
  },
  {
    entries:
      /^@salesagent\/((core\/(?!credentials$|http$|resilience$|router$)|agents(?!\/node$)|storage-memory|provider-[a-z-]+)|intake$)/,
    refuses: isNodeBuiltin,
    reason: "it runs in any web-standard runtime",
  },
  {
    entries: /^@salesagent\/(core(\/(credentials|http|resilience|router))?|server(\/next)?)$/,
    refuses: (outside) => isNodeBuiltin(outside) && !/^(node:)?events$/.test(outside.path),
    reason: "it runs wherever `events` is to be had, on which opossum stands",
  },
  {
    entries: /^@salesagent\/core(\/|$)/,
    refuses: ({ path }) => peers.test(path),
    reason: "core knows no vendor",
  },
  {
    entries: /^@salesagent\/(?!(agents|server|mcp)(\/|$)|cli$)/,
    refuses: ({ path }) => schemaLibraries.test(path),
    reason:
      "only ready agents and what answers requests bring a schema library; the rest takes any Standard Schema",
  },
  {
    entries: /^@salesagent\/(?!cli$)/,
    refuses: ({ path, dynamic }) => peers.test(path) && !dynamic,
    reason: "vendor SDKs and drivers are loaded at the first call, by import()",
  },
];

/**
 * @param {string} specifier
 * @param {readonly OutsideImport[]} imports
 * @returns {string[]}
 */
export function findRefused(specifier, imports) {
  return rules
    .filter(({ entries }) => entries.test(specifier))
    .flatMap(({ refuses, reason }) =>
      imports.filter(refuses).map(({ path }) => `${specifier} imports ${path}: ${reason}`),
    );
}

await runCheck(import.meta.url, "contents", async () => {
  const entries = listPublicPackages().flatMap(entriesOf);
  const problems = [];
  for (const { specifier } of entries) {
    problems.push(...findRefused(specifier, (await bundleEntry(specifier)).imports));
  }
  return { problems: [...new Set(problems)], summary: `${entries.length} entries` };
});
