/**
 * Drills one peer and prints a line of JSON for each row, then a summary with the versions that ran:
 * `node --experimental-import-meta-resolve bench/drill/run-peer.mjs FOLDER NAME`, where FOLDER has the peers installed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { passes, runDrill } from "@salesagent/sandbox/drill";

const [folder = "", name = ""] = process.argv.slice(2);
const manifest = pathToFileURL(join(folder, "package.json")).href;
const load = (specifier) => import(import.meta.resolve(specifier, manifest));
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

// a peer that lets a rejection escape would end the process before its other rows
let escaped = 0;
process.on("unhandledRejection", () => {
  escaped += 1;
});

const { peer, openPeer } = await import(`./peers/${name}.mjs`);
const rows = await runDrill({
  subject: { name: peer.name, strict: false, open: (setup) => openPeer(load, setup) },
  onRow: (row) => print({ type: "row", ...row }),
});
print({
  type: "summary",
  subject: peer.name,
  note: peer.note,
  versions: Object.fromEntries(peer.packages.map((each) => [each, versionOf(each)])),
  passed: rows.filter(passes).length,
  total: rows.length,
  calls: rows.reduce((sum, row) => sum + row.calls, 0),
  answered: rows.reduce((sum, row) => sum + row.answered, 0),
  escapedRejections: escaped,
});
process.exit(0); // what a peer left open must not hold the drill

function versionOf(each) {
  return JSON.parse(readFileSync(join(folder, "node_modules", each, "package.json"), "utf8")).version;
}
