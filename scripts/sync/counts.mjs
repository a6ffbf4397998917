/**
 * 1,000 creates of which every other answer or request is lost: each record is there once. 25,000 records that share one stamp, of
 * which some change during the walk: none is missed. Run by itself it takes `--json`.
 */
import { loadHarness, seed } from "./_harness.mjs";

const { runEqualStamps, runLostCreates } = await loadHarness();
const rows = [
  { proof: "1,000 creates, answers lost", seed, ...(await runLostCreates(seed, 1_000)) },
  { proof: "25,000 records of one stamp", seed, ...(await runEqualStamps(seed, 25_000)) },
];
if (process.argv.includes("--json")) console.log(JSON.stringify(rows));
else console.table(rows);
if (rows.some(({ records, inApp, inCrm }) => inApp !== records || inCrm !== records)) process.exitCode = 1;
