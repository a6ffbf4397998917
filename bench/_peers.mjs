import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { howToInstall, peerFolder, peerVersions } from "../scripts/workspace/peers.mjs";

/**
 * The peers that are there, by name, with their folders; prints their versions, and how to install the others.
 *
 * @template {import("../scripts/workspace/peers.mjs").PeerName} Name
 * @param {readonly Name[]} names
 * @returns {Partial<Record<Name, string>>}
 */
export function findPeers(names) {
  /** @type {Partial<Record<Name, string>>} */
  const found = {};
  for (const name of names) {
    const folder = peerFolder(name);
    if (folder !== undefined) found[name] = folder;
    console.log(folder === undefined ? howToInstall(name) : peerVersions(name, folder));
  }
  return found;
}

const run = promisify(execFile);

/**
 * A sample from a process of its own, which prints it as the last line.
 *
 * @param {string} file
 * @param {readonly (string | number)[]} args
 * @returns {Promise<any>}
 */
export async function sampleInProcess(file, args) {
  const { stdout } = await run(process.execPath, [file, ...args.map(String)], { encoding: "utf8" });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
