/**
 * `npm run drill`: sixteen faults of vendors against our router and, side by side, the peers as installed from npm.
 * `--ours` leaves the peers out, and needs no network. `--json` prints JSON, `--html FILE` writes a report. The exit code
 * tells of our router alone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDrilled } from "../bench/drill/drilled.mjs";
import { arePeersInstalled, installPeers, peersFolder } from "../bench/drill/install-peers.mjs";
import { drillReport } from "../bench/drill/report.mjs";
import { drillTable } from "../bench/drill/table.mjs";
import { ensureBuilt } from "./workspace/build.mjs";
import { captureNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { requireNode } from "./workspace/node-version.mjs";
import { runMain, step } from "./workspace/progress.mjs";
import { rootFolder } from "./workspace/root.mjs";

const peers = ["ai-sdk", "langchain", "openai-agents"];

await runMain(async () => {
  const { values } = parseArgs({
    options: { ours: { type: "boolean" }, json: { type: "boolean" }, html: { type: "string" } },
  });
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const subjects = [await drillOurs(), ...(values.ours ? [] : await drillPeers())];
  process.stdout.write(values.json ? `${JSON.stringify({ subjects })}\n` : `\n${drillTable(subjects)}`);
  if (values.html !== undefined) writeFileSync(values.html, drillReport(subjects, new Date().toISOString()));
  const [ours] = subjects;
  return ours && ours.passed === ours.total ? 0 : 1;
});

async function drillOurs() {
  let output = "";
  await step("Drilling ModelRouter", async () => {
    ({ output } = await captureNode(["packages/cli/bin/salesagent.js", "drill", "--json"]));
  });
  const { version } = JSON.parse(readFileSync(join(rootFolder, "packages/core/package.json"), "utf8"));
  return readDrilled("ModelRouter", output, {
    versions: { "@salesagent/core": version },
    note: 'two candidates of different wire formats, policy "best", the drill\'s limits',
  });
}

/** Each in a process of its own, all at once: they wait far more than they compute. */
async function drillPeers() {
  if (!arePeersInstalled()) await step("Installing the peers", installPeers);
  /** @type {string[]} */
  let outputs = [];
  await step("Drilling the peers", async () => {
    outputs = await Promise.all(peers.map(drillPeer));
  });
  return peers.map((name, position) => readDrilled(name, outputs[position] ?? ""));
}

/** @param {string} name */
async function drillPeer(name) {
  const flags = ["--no-warnings", "--experimental-import-meta-resolve"];
  const { output } = await captureNode([...flags, "bench/drill/run-peer.mjs", peersFolder, name]);
  return output;
}
