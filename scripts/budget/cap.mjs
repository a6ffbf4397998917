/**
 * 1,000 calls at once from four processes under one cap of $5 in Postgres, with a vendor on loopback that fails now and then;
 * then again with one process killed by SIGKILL in the middle. The cap is never passed, at no instant; what is booked is what
 * the ledger says; and nothing stays held, however a process ended. Run by itself it takes `--json`.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createBudgets } from "@salesagent/core/budget";
import { startSandbox } from "@salesagent/sandbox";
import { postgres } from "@salesagent/storage-pg";
import pg from "pg";
import { findPostgres } from "../workspace/postgres.mjs";
import { createRandom } from "../workspace/random.mjs";

const PROCESSES = 4;
const CALLS = 1_000;
const CAP_USD = 5;
const LEASE_MS = 2_000;
/** Of answers; an answer takes the vendor at least a half of it. */
const ANSWER_MS = 600;
const INPUT_TOKENS = 20;
/** USD per million tokens. */
const PRICE = { input: 2, output: 100 };
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const asJson = process.argv.includes("--json");

/**
 * @typedef {import("./_caller.mjs").Outcome} Outcome
 * @typedef {{ granted: number, refused: number, failed: number, spentUsd: number, ledgerUsd: number, vendorUsd: number,
 *   heldUsd: number, peakUsd: number, overshootUsd: number, lapsed: number, killed: boolean, violations: string[] }} Row
 */

/** A vendor whose answers differ in length, and of which some fail: how much it bills for whole answers is counted. */
async function startVendor() {
  const random = createRandom(seed);
  let asked = 0;
  let billedNano = 0;
  const sandbox = await startSandbox({
    script: () => {
      asked += 1;
      const outputTokens = 100 + Math.floor(random() * 300);
      const timing = { headersMs: (ANSWER_MS / 2) * (1 + random()) };
      const kind = random();
      if (kind < 0.03) return { timing, fault: { type: "status", status: 500 } };
      if (kind < 0.06) return { timing, text: "Cut in the mid", fault: { type: "cut" } };
      billedNano += INPUT_TOKENS * PRICE.input * 1_000 + outputTokens * PRICE.output * 1_000;
      return { timing, text: "A whole answer.", usage: { inputTokens: INPUT_TOKENS, outputTokens } };
    },
  });
  return { sandbox, asked: () => asked, billedUsd: () => billedNano / 1e9 };
}

/**
 * @param {string} url
 * @param {string} tenant
 * @param {boolean} kill
 * @returns {Promise<Row>}
 */
async function round(url, tenant, kill) {
  const { sandbox, asked, billedUsd } = await startVendor();
  const storage = postgres({ connectionString: url });
  const budgets = createBudgets({
    budgets: [{ name: "cap", usd: CAP_USD, scope: "tenant" }],
    storage,
    tenant,
  });
  const children = Array.from({ length: PROCESSES }, () =>
    fork(fileURLToPath(new URL("_caller.mjs", import.meta.url))),
  );
  /** @type {Outcome[]} */
  const outcomes = [];
  const watch = watchPeak(budgets);
  try {
    await Promise.all(children.map((child) => once(child, "message")));
    const ends = children.map((child) => once(child, "exit"));
    for (const child of children) {
      child.on("message", (outcome) => outcomes.push(/** @type {Outcome} */ (outcome)));
      const baseUrl = sandbox.url("openai");
      child.send({
        url,
        baseUrl,
        tenant,
        calls: CALLS / PROCESSES,
        usd: CAP_USD,
        leaseMs: LEASE_MS,
        price: PRICE,
      });
    }
    if (kill) {
      while (asked() < 60) await sleep(5);
      children[0]?.kill("SIGKILL");
    }
    await Promise.all(ends);
    await untilNothingIsHeld(budgets);
    const peakUsd = await watch.stop();
    return await toRow({ url, tenant, kill, outcomes, peakUsd, vendorUsd: billedUsd(), storage, budgets });
  } finally {
    await watch.stop();
    for (const child of children) child.kill("SIGKILL");
    await sandbox.close();
    await storage[Symbol.asyncDispose]();
  }
}

/** @param {import("@salesagent/core/budget").Budgets} budgets */
function watchPeak(budgets) {
  let running = true;
  let peakUsd = 0;
  const watching = (async () => {
    while (running) {
      const [status] = await budgets.read();
      if (status) peakUsd = Math.max(peakUsd, status.spent.usd + status.held.usd);
      await sleep(10);
    }
  })();
  return {
    async stop() {
      running = false;
      await watching;
      return peakUsd;
    },
  };
}

/** @param {import("@salesagent/core/budget").Budgets} budgets */
async function untilNothingIsHeld(budgets) {
  const deadline = Date.now() + LEASE_MS * 5;
  while (Date.now() < deadline) {
    const [status] = await budgets.read();
    if (status?.held.usd === 0) return;
    await sleep(100);
  }
}

/**
 * @param {{ url: string, tenant: string, kill: boolean, outcomes: readonly Outcome[], peakUsd: number,
 *   vendorUsd: number, storage: import("@salesagent/ports").Storage, budgets: import("@salesagent/core/budget").Budgets }} ended
 * @returns {Promise<Row>}
 */
async function toRow({ url, tenant, kill, outcomes, peakUsd, vendorUsd, storage, budgets }) {
  const [status] = await budgets.read();
  if (!status) throw new Error("There is no budget to read.");
  const usage = await storage.tenant(tenant).usage.list();
  const ledgerUsd = usage.reduce((sum, row) => sum + row.costNanoUsd, 0) / 1e9;
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  // A connection that is being closed when the server stops is no failure.
  pool.on("error", () => {});
  const lapsed = await pool.query(
    "select count(*)::int as count from salesagent.budget_reservations where tenant = $1 and lapsed",
    [tenant],
  );
  await pool.end();
  /** @param {"granted" | "refused" | "failed"} count */
  const sum = (count) => outcomes.reduce((total, outcome) => total + outcome[count], 0);
  const row = {
    granted: sum("granted"),
    refused: sum("refused"),
    failed: sum("failed"),
    spentUsd: status.spent.usd,
    ledgerUsd,
    vendorUsd,
    heldUsd: status.held.usd,
    peakUsd,
    overshootUsd: Math.max(0, peakUsd - CAP_USD, status.spent.usd - CAP_USD),
    lapsed: lapsed.rows[0]?.count ?? 0,
    killed: kill,
  };
  const errors = outcomes.flatMap((outcome) => outcome.errors);
  return { ...row, violations: [...violationsOf(row, outcomes.length), ...errors] };
}

/**
 * @param {Omit<Row, "violations">} row
 * @param {number} ended Processes that told how their calls ended.
 */
function violationsOf(row, ended) {
  const told = row.granted + row.refused + row.failed;
  const expected = (CALLS / PROCESSES) * ended;
  /** @type {readonly (readonly [holds: boolean, violation: string])[]} */
  const rules = [
    [row.overshootUsd === 0, "the cap was passed"],
    [row.heldUsd === 0, "money is still set aside"],
    [row.refused > row.granted, "the cap refused too little to be a test"],
    [row.granted > 0, "no call was let through"],
    [told === expected, `${told} of ${expected} calls ended as they may`],
    [ended === (row.killed ? PROCESSES - 1 : PROCESSES), `${ended} processes came to their end`],
    [row.spentUsd >= row.vendorUsd, "the vendor bills more than was booked"],
    [row.spentUsd >= row.ledgerUsd, "the ledger has more than was booked"],
    [row.killed || row.spentUsd === row.ledgerUsd, "what was booked is not what the ledger says"],
    [!row.killed || row.lapsed > 0, "nothing of the killed process lapsed: it was killed too late"],
  ];
  return rules.flatMap(([holds, violation]) => (holds ? [] : [violation]));
}

/** @param {readonly Row[]} rows */
function print(rows) {
  /** @param {number} usd */
  const money = (usd) => `$${usd.toFixed(6)}`;
  const lines = [
    [
      "",
      "let through",
      "refused",
      "failed",
      "spent",
      "ledger",
      "vendor bills",
      "held",
      "peak",
      "overshoot",
      "lapsed",
    ],
    ...rows.map((row) => [
      row.killed ? "one killed" : "undisturbed",
      ...[row.granted, row.refused, row.failed].map(String),
      ...[row.spentUsd, row.ledgerUsd, row.vendorUsd, row.heldUsd, row.peakUsd, row.overshootUsd].map(money),
      String(row.lapsed),
    ]),
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    process.stdout.write(`${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ")}\n`);
  }
}

const server = await findPostgres();
try {
  const storage = postgres({ connectionString: server.url });
  await storage.migrate();
  await storage[Symbol.asyncDispose]();
  const rows = [];
  for (const kill of [false, true]) rows.push(await round(server.url, `cap-${seed}-${kill}`, kill));
  if (asJson) process.stdout.write(`${JSON.stringify({ seed, capUsd: CAP_USD, rows })}\n`);
  else {
    process.stdout.write(`${CALLS} calls of ${PROCESSES} processes under $${CAP_USD}, seed ${seed}\n`);
    print(rows);
  }
  const violations = rows.flatMap((row) => row.violations);
  for (const violation of new Set(violations)) process.stderr.write(`Violated: ${violation}.\n`);
  process.exitCode = violations.length > 0 ? 1 : 0;
} finally {
  await server.stop();
}
