/**
 * Random edits, creates and removals on both sides, and merges in the CRM, by the engine over the adapters of Close and HubSpot and their
 * sandboxes, in one process and by one clock: with searches that lag, stamps that the CRM moves by itself, requests and answers that are
 * lost, batches of which some rows fail. Once that ceases, both sides have the same records with the same values, and within two
 * cycles nothing is written any more. SEED repeats a run; RUNS and EDITS make it longer or shorter. Run by itself it takes `--json`.
 */
import { createRandom } from "../workspace/random.mjs";
import { openInProcess } from "./_in-process.mjs";
import { seed } from "./_seed.mjs";
import { VENDORS } from "./_vendors.mjs";

const RUNS = Number(process.env["RUNS"] ?? 10);
const EDITS = Number(process.env["EDITS"] ?? 120);
const HOUR_MS = 3_600_000;
const ROUNDS = 6;

/** @typedef {import("./_vendors.mjs").Vendor} Vendor */
/** @typedef {{ readonly id: string, readonly key: string }} Place */

/**
 * @param {Vendor} vendor
 * @param {number} runSeed
 */
async function run(vendor, runSeed) {
  const limits = { removals: 100_000, leaseMs: 120_000, batch: 20, backoffCapMs: 60_000 };
  const world = openInProcess(vendor, { seed: runSeed, pageSize: 7, limits });
  const { app, users, clock, endpoint } = world;
  const random = createRandom(runSeed);
  /** @template T @param {readonly T[]} list @returns {T | undefined} */
  const pick = (list) => list[Math.floor(random() * list.length)];
  let count = 0;
  const text = () => `v${++count}-${runSeed}`;
  /** @param {"contact" | "company"} kind */
  const keyOf = (kind) => (kind === "contact" ? `p${++count}@x.example` : `c${++count}.example`);
  const KINDS = /** @type {const} */ (["contact", "contact", "company"]);

  const act = async () => {
    const kind = pick(KINDS) ?? "contact";
    const inApp = random() < 0.5;
    const roll = random();
    /** @type {readonly Place[]} */
    const companies = inApp ? await app.standing("company") : users.standing("company");
    const company = random() < 0.6 ? pick(companies) : undefined;
    if (roll < 0.35) {
      const key = keyOf(kind);
      const values = { shared: text() };
      if (inApp)
        await app.create(kind, key, values, kind === "contact" ? company?.key || undefined : undefined);
      else await users.create(kind, key, values, kind === "contact" ? company?.id : undefined);
    } else if (roll < 0.42) {
      if (inApp) {
        const one = pick(await app.standing(kind));
        if (one?.key) await app.remove(kind, one.key);
      } else {
        const one = pick(users.standing(kind));
        if (one) await users.remove(kind, one.id);
      }
    } else if (roll < 0.46 && kind === "contact" && vendor === "hubspot") {
      const [one, other] = [pick(users.standing(kind)), pick(users.standing(kind))];
      if (one && other && one.id !== other.id) world.hubspot?.world.merge("contacts", one.id, other.id);
    } else {
      const field = pick(/** @type {const} */ (["ours", "theirs", "shared"])) ?? "shared";
      /** @type {readonly Place[]} */
      const standing = inApp ? await app.standing(kind) : users.standing(kind);
      const one = pick(standing);
      if (!one) return;
      if (inApp) await app.edit(kind, one.key, { [field]: text() });
      else await users.edit(kind, one.id, { [field]: text() });
    }
  };

  const faults = { on: true };
  let faulted = 0;
  const spoil = () => {
    if (!faults.on) return;
    for (let index = 0; index < 3; index++) {
      const when = random() < 0.5 ? /** @type {const} */ ("before") : /** @type {const} */ ("after");
      endpoint.fail({ after: Math.floor(random() * 12), fault: { type: "lost", when } });
      faulted += 1;
    }
  };
  const problems = [];
  const sync = async (options = {}) => {
    try {
      await world.cycle(options);
    } catch (error) {
      const code = /** @type {{ code?: string }} */ (error).code ?? String(error);
      if (!/^(service\.unavailable|call\.|breaker)/.test(code)) problems.push(`a cycle ended with ${error}`);
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let edit = 0; edit < EDITS / ROUNDS; edit++) {
      await act();
      clock.advance(Math.floor(random() * 2_000));
    }
    spoil();
    await sync();
    clock.advance(60_000);
  }
  faults.on = false;
  endpoint.clearFaults();
  for (let settle = 0; settle < 6; settle++) {
    clock.advance(HOUR_MS);
    await sync({ full: settle % 2 === 1 });
  }
  const { replayed, decided } = await decide(world);
  for (let settle = 0; settle < 4; settle++) {
    clock.advance(HOUR_MS);
    await sync({ full: settle % 2 === 1 });
  }
  const state = async () => {
    const rows = [...(await app.standing("contact")), ...(await app.standing("company"))];
    return `${users.writes()} ${rows.map(({ id, revision }) => `${id}:${revision}`).join()}`;
  };
  let cycles = 0;
  for (; cycles < 6; cycles++) {
    const before = await state();
    clock.advance(HOUR_MS);
    await sync({ full: cycles % 2 === 1 });
    if ((await state()) === before) break;
  }
  if (cycles > 2) problems.push(`writes go on after ${cycles} cycles`);
  problems.push(...(await differences(world)));
  return { faulted, replayed, decided, cycles, problems };
}

/** People decide on what is open. @param {ReturnType<typeof openInProcess>} world */
async function decide({ context, storage, settled }) {
  const { replayDeadLetter, resolveConflict } = await import("@salesagent/core/crm");
  const letters = await storage.deadLetters.list({ status: "open" }, { limit: 1_000 });
  for (const { id } of letters.items) await settled(replayDeadLetter(context, { id, by: "user:1" }));
  const open = await storage.conflicts.list({ status: "open" }, { limit: 1_000 });
  for (const { id } of open.items) {
    await settled(resolveConflict(context, { id, choice: { take: "crm" }, by: "user:1" }));
  }
  return { replayed: letters.items.length, decided: open.items.length };
}

/** @param {ReturnType<typeof openInProcess>} world */
async function differences({ app, users, storage }) {
  const problems = [];
  for (const kind of /** @type {const} */ (["company", "contact"])) {
    const ours = new Map((await app.standing(kind)).map((row) => [row.id, row]));
    const theirs = new Map(users.standing(kind).map((row) => [row.id, row]));
    const links = (await storage.links.list("crm", { kind }, { limit: 1_000 })).items;
    const linked = links.filter(({ state }) => state === "linked");
    const byCrm = new Set(linked.map(({ crmId }) => crmId));
    const byRecord = new Set(linked.map(({ recordId }) => recordId));
    for (const [id, row] of theirs) {
      if (!byCrm.has(id)) problems.push(`${kind} ${id} (${row.key}) of the CRM is not linked`);
    }
    for (const [id, row] of ours) {
      const link = links.find(({ recordId }) => recordId === id);
      const why = link?.error?.message ?? link?.state;
      if (!byRecord.has(id)) problems.push(`${kind} ${id} (${row.key}) of the app is not linked: ${why}`);
    }
    const keys = [...theirs.values()].map(({ key }) => key).filter((key) => key !== "");
    for (const key of new Set(keys.filter((key, index) => keys.indexOf(key) !== index))) {
      problems.push(`${key} is in the CRM more than once`);
    }
    for (const { recordId, crmId = "" } of linked) {
      const [one, other] = [ours.get(recordId), theirs.get(crmId)];
      if (!one || !other) problems.push(`${kind} ${recordId} and ${crmId} are linked, and one is not there`);
      else {
        const mine = /** @type {Readonly<Record<string, string | undefined>>} */ (one.values);
        for (const field of ["ours", "theirs", "shared", "title"]) {
          const [a, b] = [mine[field], other.values[field]];
          if ((a ?? "") !== (b ?? ""))
            problems.push(`${field} of ${recordId} and ${crmId} differ: ${a} and ${b}`);
        }
      }
    }
  }
  return problems;
}

const rows = [];
for (const vendor of VENDORS) {
  const row = { crm: vendor, seed, runs: RUNS, faults: 0, decided: 0, replayed: 0, cycles: 0, bad: 0 };
  for (let index = 0; index < RUNS; index++) {
    const report = await run(vendor, seed + index);
    row.faults += report.faulted;
    row.decided += report.decided;
    row.replayed += report.replayed;
    row.cycles = Math.max(row.cycles, report.cycles);
    row.bad += report.problems.length;
    for (const problem of report.problems) console.error(`${vendor}, SEED=${seed + index}: ${problem}`);
  }
  rows.push(row);
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows));
else console.table(rows);
if (rows.some(({ bad }) => bad > 0)) process.exitCode = 1;
