/**
 * The property tests of routing, resilience, budgets and caches with many more cases than the test run has. The seed is
 * printed; another: `node scripts/chaos/properties.mjs 20000 77`.
 */
import { runNode } from "../workspace/command.mjs";

const RUNS = process.argv[2] ?? "10000";
const SEED = process.argv[3] ?? String(Date.now() % 1_000_000);

process.stdout.write(`${RUNS} cases a property, seed ${SEED}\n`);
process.env["CHAOS_RUNS"] = RUNS;
process.env["CHAOS_SEED"] = SEED;
process.exitCode = await runNode([
  ...["node_modules/vitest/vitest.mjs", "run", "--testTimeout=600000"],
  "packages/core/src/router/any-failure.test.ts",
]);
