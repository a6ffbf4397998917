/**
 * Workers that sync over Postgres with a CRM in a process of its own are killed by SIGKILL at any moment of their first walks, of
 * what changed and of what they write, while answers are lost, repeated, refused and late, and users of both sides go on. Once that
 * ceases, each record is there once on both sides and says the same, the last edits stand, every conflict is on record once, no link
 * is in anybody's hands, and nothing is written any more. `KILLS` (60; 500 is the whole of it) for each vendor, in worlds of
 * `KILLS_A_WORLD` (60) each; `SEED` repeats the choices, `VENDORS=close` takes one. `--json` for programs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { printChecks } from "../crash/_checks.mjs";
import { insist, onPostgres, openPool } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { bundleWorker, WorkerPool } from "../crash/_worker-pool.mjs";
import { createChoices } from "../workspace/random.mjs";
import { appUsers } from "./_app-users.mjs";
import { startCrm } from "./_crm-host.mjs";
import { Ledger } from "./_ledger.mjs";
import { seed } from "./_seed.mjs";
import { CONNECTION, LEASE_MS, openSync, PHASES } from "./_sync-worker.mjs";
import { VENDORS } from "./_vendors.mjs";

const KILLS = Number(process.env["KILLS"] ?? 60);
const KILLS_A_WORLD = Number(process.env["KILLS_A_WORLD"] ?? 60);
const vendors = VENDORS.filter((vendor) => (process.env["VENDORS"] ?? vendor).split(",").includes(vendor));
const WORKERS = 3;
const FAULT_SHARE = 0.06;
const LONGEST_PAUSE_MS = 400;
/** How long a worker is waited for that comes to what it is to be killed at, and how long after. */
const LONGEST_AIM_MS = 2_000;
const LONGEST_DELAY_MS = 8;
const BETWEEN_ACTS_MS = 15;
/** Records that users come back to. */
const FAVOURITES = 120;
const FIRST = { companies: 40, contacts: 1_500, appContacts: 150 };
/** Workers that end by themselves so often are of no use. */
const MOST_DEATHS = 10;
const LONGEST_REST_MS = 240_000;

/** @type {Record<typeof PHASES[number], string>} */
const PHASE_NAMES = {
  start: "as a sync began",
  list: "in the walk over all",
  changes: "in what changed in the CRM",
  read: "while records were read or looked up",
  write: "while a write was under way",
  written: "after an answer, before it was kept",
  done: "as a sync ended",
};

const PROGRAM = 'import { beginSyncWork } from "./_sync-worker.mjs"; beginSyncWork();';

/**
 * @typedef {import("./_vendors.mjs").Vendor} Vendor
 * @typedef {Awaited<ReturnType<typeof startCrm>>} Crm
 * @typedef {{ crm: Crm, app: ReturnType<typeof appUsers>, ledger: Ledger, choices: ReturnType<typeof createChoices> }} World
 */

/** What stood before the first sync. @param {World} world */
async function plant({ crm, app, ledger }) {
  for (let index = 0; index < FIRST.companies; index++) {
    const key = `company${index}.example`;
    ledger.created("company", key);
    if (index % 4 === 0) await app.create("company", key, {});
    else await crm.ask("create", "company", key, { theirs: "first" });
  }
  for (let index = 0; index < FIRST.contacts; index++) {
    const key = `p${index}@first.example`;
    const companyKey = `company${4 * (index % (FIRST.companies / 4)) + 1}.example`;
    ledger.created("contact", key, companyKey);
    await crm.ask("create", "contact", key, { title: "first" }, companyKey);
  }
  for (let index = 0; index < FIRST.appContacts; index++) {
    const key = `q${index}@first.example`;
    const companyKey = `company${4 * (index % (FIRST.companies / 4))}.example`;
    ledger.created("contact", key, companyKey);
    await app.create("contact", key, { title: "first" }, companyKey);
  }
}

/**
 * One thing that a user does on either side. Records named `gone…` are removed by the one who made them, and never edited.
 *
 * @param {World} world
 */
async function act({ crm, app, ledger, choices }) {
  const isApp = choices.chance(0.5);
  const users = isApp ? app : askCrm(crm);
  const side = isApp ? "app" : "crm";
  if (choices.chance(0.3)) {
    const value = ledger.next();
    const [kind, key, companyKey] = newRecord(choices, value);
    const values = { [isApp ? "ours" : "theirs"]: value };
    if (!(await users.create(kind, key, values, companyKey))) return;
    ledger.created(kind, key, companyKey);
    ledger.wrote(side, kind, key, values);
    return;
  }
  const records = [...ledger.records.values()];
  const { kind, key } = choices.pick(choices.chance(0.5) ? records : records.slice(0, FAVOURITES)) ?? {};
  if (kind === undefined || key === undefined) return;
  if (key.startsWith("gone")) {
    if (choices.chance(0.5) && !ledger.records.get(`${kind} ${key}`)?.removed) {
      if (await users.remove(kind, key)) ledger.removed(kind, key);
    }
    return;
  }
  const field = choices.pick([isApp ? "ours" : "theirs", "shared", "decided", "title"]);
  if (field === undefined || (kind === "company" && field === "title")) return;
  const both = field === "decided" && choices.chance(0.5);
  /** @type {["app" | "crm", typeof users][]} */
  const hands = [
    [side, users],
    [isApp ? "crm" : "app", isApp ? askCrm(crm) : app],
  ];
  for (const [name, hand] of hands) {
    const value = ledger.next();
    if (await hand.edit(kind, key, { [field]: value })) {
      ledger.wrote(name, kind, key, { [field]: value });
      ledger.edits += 1;
    }
    if (!both) break;
  }
}

/** @param {Crm} crm */
const askCrm = (crm) => ({
  create: async (/** @type {unknown[]} */ ...args) => (await crm.ask("create", ...args)) !== undefined,
  edit: (/** @type {unknown[]} */ ...args) => crm.ask("edit", ...args),
  remove: (/** @type {unknown[]} */ ...args) => crm.ask("remove", ...args),
});

/**
 * @param {World["choices"]} choices
 * @param {string} value
 * @returns {[kind: "company" | "contact", key: string, companyKey?: string]}
 */
function newRecord(choices, value) {
  if (choices.chance(0.15)) return ["company", `${value}.example`];
  const companyKey = `company${choices.below(FIRST.companies)}.example`;
  return ["contact", `${choices.chance(0.15) ? "gone" : "new"}-${value}@x.example`, companyKey];
}

/**
 * @param {World} world
 * @param {() => boolean} isOver
 */
async function actOn(world, isOver) {
  for (let acts = 0; !isOver(); acts++) {
    if (acts % 50 === 0) await world.crm.ask("note");
    await act(world);
    await sleep(world.choices.below(2 * BETWEEN_ACTS_MS));
  }
}

/** What workers are at by name, and who waits for one to be at something. */
class Watch {
  /** @type {Map<string, string>} */
  #phases = new Map();
  /** @type {((name: string, phase: string) => void) | undefined} */
  #waits;

  /**
   * @param {string} name
   * @param {string} phase
   */
  told(name, phase) {
    this.#phases.set(name, phase);
    this.#waits?.(name, phase);
  }

  /** @param {string} name */
  phaseOf(name) {
    return this.#phases.get(name) ?? "start";
  }

  /**
   * The next worker that comes to a phase, if one does in time.
   *
   * @param {string} phase
   * @returns {Promise<string | undefined>}
   */
  async next(phase) {
    /** @type {Promise<string>} */
    const found = new Promise((resolve) => {
      this.#waits = (name, at) => {
        if (at === phase) resolve(name);
      };
    });
    try {
      return await Promise.race([found, sleep(LONGEST_AIM_MS, undefined)]);
    } finally {
      this.#waits = undefined;
    }
  }
}

/**
 * @param {WorkerPool} pool
 * @param {World["choices"]} choices
 * @param {number} kills
 * @param {Watch} watch
 * @returns {Promise<string[]>} What they were at.
 */
async function killAll(pool, choices, kills, watch) {
  /** @type {string[]} */
  const killedAt = [];
  while (killedAt.length < kills && pool.deaths < MOST_DEATHS) {
    await sleep(choices.below(LONGEST_PAUSE_MS));
    const name = await watch.next(choices.pick(PHASES) ?? "start");
    await sleep(choices.below(LONGEST_DELAY_MS));
    const worker = pool.busy.find((one) => one.name === name) ?? choices.pick(pool.busy);
    if (!worker) continue;
    killedAt.push(watch.phaseOf(worker.name));
    await pool.kill(worker);
  }
  return killedAt;
}

/**
 * @param {string} url Of the database.
 * @param {Vendor} vendor
 * @param {{ seed: number, kills: number }} want
 */
async function runWorld(url, vendor, { seed, kills }) {
  const crm = await startCrm({ vendor, traits: { seed }, faultShare: FAULT_SHARE });
  const task = { url, vendor, tenant: `${vendor}-${seed}-${Date.now()}`, crmUrl: crm.url };
  const { storage, sync } = openSync(task);
  const tenant = storage.tenant(task.tenant);
  const choices = createChoices(seed);
  const world = { crm, app: appUsers(tenant), ledger: new Ledger(), choices };
  await plant(world);
  await crm.ask("disturb");
  const watch = new Watch();
  /** @type {string[]} */
  const strange = [];
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("sync-worker", { stdin: { contents: PROGRAM, resolveDir } });
  const pool = new WorkerPool(program, task, ({ name }, told) => {
    const it = /** @type {import("./_sync-worker.mjs").SyncTold} */ (/** @type {unknown} */ (told));
    if (it.kind === "taken") watch.told(name, it.phase);
    if (it.kind === "error" && !it.isKnown) strange.push(it.message);
  });
  try {
    pool.start(WORKERS);
    let isOver = false;
    const acts = actOn(world, () => isOver);
    const killedAt = await killAll(pool, createChoices(seed + 2), kills, watch);
    isOver = true;
    await acts;
    await pool.close();
    await crm.ask("calm");
    const rest = await comeToRest(url, task.tenant, crm, world.app, sync);
    const judged = await judge(world, tenant);
    const letters = await tenant.deadLetters.list({ status: "open" }, { limit: 1_000 });
    const dead = letters.items.map(({ error }) => `${error.code}: ${error.message}`);
    return { killedAt, strange, deaths: pool.deaths, edits: world.ledger.edits, rest, judged, dead };
  } finally {
    await pool.close();
    await crm.stop();
    await storage[Symbol.asyncDispose]();
  }
}

/**
 * Syncs until nothing is due, then twice more, and then once to see whether anything is written still.
 *
 * @param {string} url
 * @param {string} tenant
 * @param {Crm} crm
 * @param {World["app"]} app
 * @param {import("@salesagent/core/crm").TenantSync} sync
 */
async function comeToRest(url, tenant, crm, app, sync) {
  const pool = openPool(url, { options: `-c salesagent.tenant=${tenant}` });
  const pending = async () =>
    insist(
      pool,
      "select state, record_id, crm_id, due_at, lease_until from salesagent.crm_links where tenant = $1 and" +
        " (due_at is not null or lease_until is not null or state not in ('linked', 'removed'))",
      [tenant],
    );
  const stateNow = async () => {
    const rows = [...(await app.standing("company")), ...(await app.standing("contact"))];
    return `${await crm.ask("writes")} ${rows.map(({ id, revision }) => `${id}:${revision}`).join()}`;
  };
  try {
    const startedMs = performance.now();
    await sleep(LEASE_MS);
    while ((await pending()).length > 0 && performance.now() - startedMs < LONGEST_REST_MS) {
      await sync.run(CONNECTION).result();
      await sleep(500);
    }
    const restMs = performance.now() - startedMs;
    await sync.run(CONNECTION, { full: true }).result();
    await sync.run(CONNECTION).result();
    const before = await stateNow();
    await sync.run(CONNECTION, { full: true }).result();
    const ceased = (await stateNow()) === before;
    const open = (await pending()).map(({ state, record_id: id }) => `${id} (${state})`);
    return { restMs, ceased, open };
  } finally {
    await pool.end();
  }
}

/**
 * @param {World} world
 * @param {import("@salesagent/ports").TenantStorage} tenant
 */
async function judge({ crm, app, ledger }, tenant) {
  const conflicts = await allConflicts(tenant);
  const open = new Map();
  /** @type {string[]} */
  const repeated = [];
  const known = new Set();
  for (const { recordId, field, app: ours, crm: theirs, status } of conflicts) {
    const name = `${recordId} ${field.replace("custom.", "")}`;
    const whole = `${name} ${JSON.stringify([ours, theirs])}`;
    if (known.has(whole) || (status === "open" && open.has(name))) repeated.push(whole);
    known.add(whole);
    if (status === "open") open.set(name, [ours, theirs]);
  }
  const both = { unequal: 0, records: 0, lists: /** @type {Record<string, string[]>} */ ({}) };
  const companyKeys = {
    app: new Map((await app.standing("company")).map(({ id, key }) => [id, key])),
    crm: new Map((await crm.ask("standing", "company")).map((/** @type {any} */ { id, key }) => [id, key])),
  };
  for (const kind of /** @type {const} */ (["company", "contact"])) {
    const sides = { app: await app.standing(kind), crm: await crm.ask("standing", kind) };
    const withCompany = (/** @type {any[]} */ rows, /** @type {Map<string, string>} */ keys) =>
      rows.map((row) => (row.companyId ? { ...row, companyKey: keys.get(row.companyId) } : row));
    const judged = ledger.judge(
      kind,
      { app: withCompany(sides.app, companyKeys.app), crm: withCompany(sides.crm, companyKeys.crm) },
      (recordId, field) => open.has(`${recordId} ${field}`),
    );
    for (const [name, some] of Object.entries(judged)) {
      both.lists[name] = [...(both.lists[name] ?? []), ...some];
    }
    both.records += ledger.standing(kind).length;
  }
  return { ...both.lists, repeated, records: both.records, conflicts: conflicts.length };
}

/** @param {import("@salesagent/ports").TenantStorage} tenant */
async function allConflicts(tenant) {
  const all = [];
  for (let after; ; ) {
    const page = await tenant.conflicts.list({}, { ...(after === undefined ? {} : { after }), limit: 1_000 });
    all.push(...page.items);
    after = page.next;
    if (after === undefined) return all;
  }
}

/** @param {readonly Awaited<ReturnType<typeof runWorld>>[]} worlds */
function toFigures(worlds) {
  const killedAt = worlds.flatMap((world) => world.killedAt);
  const at = (/** @type {string} */ phase) => killedAt.filter((name) => name === phase).length;
  /** @param {string} name */
  const judged = (name) =>
    worlds.flatMap(
      (world) => /** @type {Record<string, string[]>} */ (/** @type {unknown} */ (world.judged))[name] ?? [],
    );
  const sum = (/** @type {(world: typeof worlds[number]) => number} */ of) =>
    worlds.reduce((total, world) => total + of(world), 0);
  return {
    told: {
      "workers killed (kill -9)": killedAt.length,
      ...Object.fromEntries(PHASES.map((phase) => [`– ${PHASE_NAMES[phase]}`, at(phase)])),
      worlds: worlds.length,
      "records that stand in the end": sum(({ judged: { records } }) => records),
      "edits by users": sum(({ edits }) => edits),
      "conflicts on record": sum(({ judged: { conflicts } }) => conflicts),
      "seconds until nothing was due, at most": Math.round(
        Math.max(...worlds.map(({ rest }) => rest.restMs)) / 1_000,
      ),
    },
    wrong: {
      "records lost": judged("lost"),
      "records twice": judged("twice"),
      "records that nobody made": judged("strange"),
      "records that were removed and stand": judged("undead"),
      "fields that differ without a conflict": judged("unequal"),
      "last edits that stand nowhere": judged("lostEdits"),
      "conflicts on record more than once": judged("repeated"),
      "links in somebody's hands": worlds.flatMap(({ rest }) => rest.open),
      "dead letters": worlds.flatMap(({ dead }) => dead),
      "worlds in which writes go on after two cycles": worlds.flatMap(({ rest }, index) =>
        rest.ceased ? [] : [`world ${index}`],
      ),
      "failures that nobody knows": worlds.flatMap(({ strange }) => strange),
      "workers that ended by themselves": worlds.flatMap(({ deaths }) => Array(deaths).fill("a worker")),
    },
  };
}

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const facts = { seed, ...(await server.versions()) };
  /** @type {ReturnType<typeof toFigures>[]} */
  const outcomes = [];
  for (const vendor of vendors) {
    const worlds = [];
    for (let done = 0; done < KILLS; done += KILLS_A_WORLD) {
      const kills = Math.min(KILLS_A_WORLD, KILLS - done);
      worlds.push(await runWorld(url, vendor, { seed: seed + worlds.length, kills }));
      process.stderr.write(`${vendor}: ${done + kills} of ${KILLS}\n`);
    }
    outcomes.push(toFigures(worlds));
  }
  const names = /** @type {const} */ ({ told: outcomes[0]?.told ?? {}, wrong: outcomes[0]?.wrong ?? {} });
  const checks = [
    ...Object.keys(names.told).map((name) => ({
      name,
      figures: outcomes.map(({ told }) => /** @type {Record<string, number | string>} */ (told)[name] ?? ""),
    })),
    ...Object.keys(names.wrong).map((name) => {
      const figures = outcomes.map(
        ({ wrong }) => /** @type {Record<string, string[]>} */ (wrong)[name]?.length ?? 0,
      );
      return { name, figures, target: "0", held: figures.every((figure) => figure === 0) };
    }),
  ];
  const violations = outcomes.flatMap(({ wrong }, index) =>
    Object.entries(wrong).flatMap(([name, some]) => violated(`${name} (${vendors[index]})`, some)),
  );
  const asJson = process.argv.includes("--json");
  return printChecks({ title: "Syncs under kill -9", facts, columns: vendors, checks, violations, asJson });
});
