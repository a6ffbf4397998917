/**
 * Two and four processes ask a CRM for as much as they can with one credential, whose limits, tokens and leases they share over
 * Postgres. The sandbox counts calls that came though there was no room, and refreshes by a token that was spent: there are none, and
 * tokens that rotate are refreshed once each time. `SECONDS` (24) for each run. `--json` for programs.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { printChecks } from "../crash/_checks.mjs";
import { onPostgres } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { bundleWorker } from "../crash/_worker-pool.mjs";
import { startCrm } from "./_crm-host.mjs";
import { openCredentials, TOKEN_LIFE_MS } from "./_limits-worker.mjs";
import { seed } from "./_seed.mjs";
import { VENDORS } from "./_vendors.mjs";

const SECONDS = Number(process.env["SECONDS"] ?? 24);
const PROCESSES = [2, 4];
const CONTACTS = 50;
const PROGRAM = 'import { beginLimitsWork } from "./_limits-worker.mjs"; beginLimitsWork();';

/** What the sandboxes let through in a second. */
const LIMITS = {
  close: { gets: 240 / 8, searches: 16 / 8 },
  hubspot: { gets: 190 / 10, searches: 5 },
};

/**
 * @param {string} url
 * @param {string} program
 * @param {import("./_vendors.mjs").Vendor} vendor
 * @param {number} processes
 */
async function run(url, program, vendor, processes) {
  const crm = await startCrm({ vendor, traits: { seed, limited: true }, faultShare: 0 });
  try {
    await crm.ask("create", "company", "x.example", {});
    /** @type {string[]} */
    const ids = [];
    for (let index = 0; index < CONTACTS; index++) {
      ids.push(await crm.ask("create", "contact", `p${index}@x.example`, {}, "x.example"));
    }
    const key = Buffer.alloc(32, processes).toString("base64");
    const durationMs = SECONDS * 1_000;
    const tenant = `limits-${vendor}-${processes}-${Date.now()}`;
    const task = { url, tenant, crmUrl: crm.url, vendor, ids, durationMs, key };
    if (vendor === "close") {
      const issued = await crm.ask("issueTokens");
      const { storage, vault } = openCredentials(task);
      const now = Date.now();
      await vault.write(
        {
          ...{ accessToken: issued.access_token, refreshToken: issued.refresh_token },
          obtainedAt: new Date(now).toISOString(),
          expiresAt: new Date(now + TOKEN_LIFE_MS).toISOString(),
        },
        null,
      );
      await storage[Symbol.asyncDispose]();
    }
    const startedMs = performance.now();
    const outcomes = await Promise.all(
      Array.from({ length: processes }, async () => {
        const child = fork(program, { serialization: "json" });
        child.send(task);
        const [outcome] = await Promise.race([
          once(child, "message"),
          once(child, "exit").then(() => [{ gets: 0, searches: 0, failures: { "process ended": 1 } }]),
        ]);
        return /** @type {import("./_limits-worker.mjs").LimitsOutcome} */ (outcome);
      }),
    );
    const seconds = (performance.now() - startedMs) / 1_000;
    const sum = (/** @type {"gets" | "searches"} */ sort) =>
      outcomes.reduce((total, outcome) => total + outcome[sort], 0);
    const failures = outcomes.flatMap((outcome) => Object.entries(outcome.failures));
    return {
      ...{ vendor, processes, seconds },
      breaches: await crm.ask("breaches"),
      refused: /** @type {string[]} */ (await crm.ask("refused")),
      oauth: await crm.ask("oauthCounts"),
      gets: sum("gets"),
      searches: sum("searches"),
      failures: failures.map(([code, count]) => `${code} × ${count}`),
    };
  } finally {
    await crm.stop();
  }
}

/**
 * How much of what is allowed was used.
 *
 * @param {Awaited<ReturnType<typeof run>>} row
 * @param {"gets" | "searches"} sort
 */
function used({ vendor, ...row }, sort) {
  const perSecond = row[sort] / SECONDS;
  const limit = LIMITS[vendor][sort];
  return `${perSecond.toFixed(1)} of ${limit} (${Math.round((100 * perSecond) / limit)} %)`;
}

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("limits-worker", { stdin: { contents: PROGRAM, resolveDir } });
  /** @type {Awaited<ReturnType<typeof run>>[]} */
  const rows = [];
  try {
    for (const processes of PROCESSES) {
      rows.push(...(await Promise.all(VENDORS.map((vendor) => run(url, program, vendor, processes)))));
    }
  } finally {
    await rm(program, { force: true });
  }
  /**
   * @param {string} name
   * @param {(row: typeof rows[number]) => number} of
   */
  const zero = (name, of) => {
    const figures = rows.map(of);
    return { name, figures, target: "0", held: figures.every((figure) => figure === 0) };
  };
  // A token is due when half of its life is over, and never before.
  const most = (/** @type {typeof rows[number]} */ row) =>
    Math.ceil((row.seconds * 1_000) / (TOKEN_LIFE_MS / 2)) + 1;
  // Calls come in bursts, as the windows make room: a token is refreshed when the next burst finds it over.
  const least = 1;
  const withTokens = rows.filter(({ oauth }) => oauth.refreshes !== undefined);
  const checks = [
    zero("calls for which there was no room", ({ breaches }) => breaches),
    { name: "records got a second, of the limit", figures: rows.map((row) => used(row, "gets")) },
    { name: "searches a second, of the limit", figures: rows.map((row) => used(row, "searches")) },
    {
      name: "tokens refreshed",
      figures: rows.map(({ oauth }) => oauth.refreshes ?? "–"),
      target: "once each time",
      held: withTokens.every((row) => row.oauth.refreshes >= least && row.oauth.refreshes <= most(row)),
    },
    zero("refreshes by a token that was spent", ({ oauth }) => oauth.refusals ?? 0),
    {
      name: "calls that failed",
      figures: rows.map(({ failures }) => failures.join(", ") || 0),
      target: "0",
      held: rows.every(({ failures }) => failures.length === 0),
    },
  ];
  return printChecks({
    title: `One credential in several processes, ${SECONDS} s each`,
    facts: { seed, ...(await server.versions()) },
    columns: rows.map(({ vendor, processes }) => `${vendor} × ${processes}`),
    violations: rows.flatMap(({ vendor, processes, refused }) =>
      violated(`calls without room (${vendor} × ${processes})`, refused),
    ),
    ...{ checks, asJson: process.argv.includes("--json") },
  });
});
