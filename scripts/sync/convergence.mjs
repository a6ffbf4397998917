/**
 * 10,000 random edits, creates, removals, merges and restores on both sides of each kind of CRM, in runs of 500, while answers are lost,
 * processes end between any two calls, feeds come in disorder, users act in the middle of syncs, and clocks differ. Once that ceases,
 * both sides are equal, every edit stands or is on record, nothing is there twice or gone without a word, and within two cycles nothing
 * is written any more. SEED repeats a run; EDITS makes it longer or shorter. Run by itself it takes `--json`.
 */
import { loadHarness, seed } from "./_harness.mjs";

const EDITS = Number(process.env["EDITS"] ?? 10_000);
const EDITS_A_RUN = 500;

const { CONVERGENCE_TRAITS, runConvergence } = await loadHarness();
const rows = [];
for (const traits of CONVERGENCE_TRAITS) {
  const row = {
    crm: traits.name,
    seed,
    edits: 0,
    crashes: 0,
    faults: 0,
    conflicts: 0,
    letters: 0,
    cycles: 0,
    bad: 0,
  };
  for (let run = 0; row.edits < EDITS; run += 1) {
    const report = await runConvergence(traits, { seed: seed + run, edits: Math.min(EDITS_A_RUN, EDITS) });
    row.edits += report.edits;
    row.crashes += report.crashes;
    row.faults += report.faults;
    row.conflicts += report.conflicts;
    row.letters += report.deadLetters;
    row.cycles = Math.max(row.cycles, report.cycles);
    row.bad += report.problems.length;
    for (const problem of report.problems) console.error(`${traits.name}, SEED=${report.seed}: ${problem}`);
  }
  rows.push(row);
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows));
else console.table(rows);
if (rows.some(({ bad }) => bad > 0)) process.exitCode = 1;
