import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * What we measure ourselves beside. Nothing of ours depends on them: each is installed in a folder of its own, which a variable
 * of the environment names.
 *
 * @typedef {{ title: string, variable: string, packages: readonly string[], flags?: string, node?: number }} Peer
 */

/** @satisfies {Record<string, Peer>} */
const PEERS = {
  langgraph: {
    title: "LangGraph",
    variable: "BENCH_LANGGRAPH",
    packages: [
      "@langchain/langgraph@1.4.17",
      "@langchain/langgraph-checkpoint-postgres@1.0.5",
      "@langchain/core@1.2.13",
    ],
    flags: "--legacy-peer-deps",
  },
  mastra: {
    title: "Mastra",
    variable: "BENCH_MASTRA",
    packages: ["@mastra/core@1", "@mastra/pg@1", "zod@4"],
    node: 22,
  },
  dbos: { title: "DBOS", variable: "BENCH_DBOS", packages: ["@dbos-inc/dbos-sdk@5"] },
};

/** @typedef {keyof typeof PEERS} PeerName */

/**
 * The folder that a peer is installed in.
 *
 * @param {PeerName} name
 * @returns {string | undefined} Nothing when it is not there; {@link howToInstall} says what to do.
 */
export function peerFolder(name) {
  const { variable, packages, node = 0 } = /** @type {Peer} */ (PEERS[name]);
  const folder = process.env[variable];
  if (!folder || Number(process.versions.node.split(".")[0]) < node) return undefined;
  return packages.every((text) => existsSync(manifestFile(folder, nameOf(text)))) ? folder : undefined;
}

/** @param {PeerName} name */
export function howToInstall(name) {
  const { title, variable, packages, flags = "", node } = /** @type {Peer} */ (PEERS[name]);
  const folder = `.cache/peers/${name}`;
  const install = ["npm install --ignore-scripts --prefix", folder, flags, ...packages]
    .filter(Boolean)
    .join(" ");
  const needs = node === undefined ? "" : ` It needs Node ${node} or later.`;
  return `${title} is not installed: ${install} – then ${variable}=${folder}.${needs}`;
}

/**
 * A peer's modules and versions.
 *
 * @param {string} folder As {@link peerFolder} gives it.
 */
export function openPeer(folder) {
  const require = createRequire(manifestFolder(folder));
  return {
    /** @param {string} specifier @returns {Promise<any>} */
    load: (specifier) => import(pathToFileURL(require.resolve(specifier)).href),
  };
}

/**
 * @param {PeerName} name
 * @param {string} folder
 * @returns {string} Such as `@langchain/langgraph 1.4.17`.
 */
export function peerVersions(name, folder) {
  return PEERS[name].packages
    .map(nameOf)
    .filter((text) => text !== "zod")
    .map((text) => `${text} ${JSON.parse(readFileSync(manifestFile(folder, text), "utf8")).version}`)
    .join(", ");
}

/** @param {string} text Such as `@mastra/core@1`. */
const nameOf = (text) => text.slice(0, text.lastIndexOf("@"));

/** @param {string} folder */
const manifestFolder = (folder) => join(folder, "package.json");

/** @param {string} folder @param {string} name */
const manifestFile = (folder, name) => join(folder, "node_modules", name, "package.json");
