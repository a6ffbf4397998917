/**
 * Records that all have one stamp, of which some are edited and some are made while they are walked over, and again with the borders
 * of pages at every offset: each comes, in its last state. `RECORDS` (25,000) for each adapter, over its sandbox; `OFFSETS` (16) page
 * sizes over a smaller crowd; `SEED` repeats a run. `--json` for programs.
 */
import { printChecks } from "../crash/_checks.mjs";
import { createChoices } from "../workspace/random.mjs";
import { openInProcess } from "./_in-process.mjs";
import { seed } from "./_seed.mjs";
import { VENDORS } from "./_vendors.mjs";

const RECORDS = Number(process.env["RECORDS"] ?? 25_000);
const OFFSETS = Number(process.env["OFFSETS"] ?? 16);
const CROWD = 300;
const EDITS_A_PAGE = 1;
const LAG_MS = 10_000;

/**
 * @typedef {ReturnType<typeof openInProcess>} Scene
 */

/**
 * Makes so many contacts at one instant, by hands that the search index knows.
 *
 * @param {Scene} scene
 * @param {number} records
 * @param {string} name
 * @returns {Promise<string[]>} Their ids.
 */
async function plant({ close, hubspot, users, clock }, records, name) {
  const keys = Array.from({ length: records }, (_, index) => `${name}${index}@x.example`);
  if (hubspot)
    return [
      ...hubspot.world.seed(
        "contacts",
        keys.map((email) => ({ email, jobtitle: "first" })),
      ),
    ];
  /** @type {string[]} */
  const ids = [];
  const companyId = await users.create("company", `${name}.example`, {});
  await close?.atOneInstant(async () => {
    for (const key of keys) ids.push(await users.create("contact", key, { title: "first" }, companyId));
  });
  clock.advance(2 * LAG_MS);
  return ids;
}

/**
 * @param {import("./_vendors.mjs").Vendor} vendor
 * @param {{ records: number, pageSize: number, offset: number }} want
 */
async function walk(vendor, { records, pageSize, offset }) {
  const scene = openInProcess(vendor, { seed, lagMs: LAG_MS, pageSize, kinds: ["contact"] });
  const choices = createChoices(seed + offset);
  // As many others before them move the borders of pages.
  const before = await plant(scene, offset, "before");
  scene.clock.advance(1_000);
  const ids = [...before, ...(await plant(scene, records, "p"))];
  scene.clock.advance(2 * LAG_MS);
  let edits = 0;
  let made = 0;
  const act = async () => {
    for (let count = 0; count < EDITS_A_PAGE; count++) {
      edits += 1;
      await scene.users.edit("contact", choices.pick(ids) ?? "", { title: `edited ${edits}` });
    }
    if (choices.chance(0.2)) {
      made += 1;
      await scene.users.create("contact", `new${made}@x.example`, { title: "new" });
    }
  };
  const { list, changes } = scene.provider;
  let isBusy = true;
  const provider = new Proxy(scene.provider, {
    get(target, name) {
      if (name === "list")
        return (/** @type {any[]} */ ...args) => busily(list.apply(target, /** @type {any} */ (args)));
      if (name === "changes")
        return (/** @type {any[]} */ ...args) => busily(changes.apply(target, /** @type {any} */ (args)));
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  /** @param {AsyncIterable<any>} pages */
  async function* busily(pages) {
    for await (const page of pages) {
      if (isBusy) await act();
      yield page;
    }
  }
  await scene.cycle({ provider });
  isBusy = false;
  for (let cycles = 0; cycles < 2; cycles++) {
    scene.clock.advance(3 * LAG_MS);
    await scene.cycle({ provider });
  }
  const app = new Map((await scene.app.standing("contact")).map(({ key, values }) => [key, values.title]));
  const crm = scene.users.standing("contact");
  return {
    ...{ records: crm.length, edits, made },
    missed: crm.filter(({ key }) => !app.has(key)).length,
    stale: crm.filter(({ key, values }) => app.has(key) && app.get(key) !== values["title"]).length,
    extra: app.size - crm.length,
  };
}

process.stderr.write(`seed ${seed}\n`);
/** @typedef {Awaited<ReturnType<typeof walk>>} Walk */
/** @type {{ whole: Walk, sum: (name: keyof Walk) => number }[]} */
const rows = [];
for (const vendor of VENDORS) {
  const whole = await walk(vendor, { records: RECORDS, pageSize: 100, offset: 0 });
  /** @type {Walk[]} */
  const offsets = [];
  for (let offset = 0; offset < OFFSETS; offset++) {
    offsets.push(
      await walk(vendor, { records: CROWD, pageSize: 16, offset: offset * (vendor === "close" ? 1 : 7) }),
    );
  }
  /** @param {keyof Walk} name */
  const sum = (name) => offsets.reduce((total, one) => total + one[name], 0);
  rows.push({ whole, sum });
}
/**
 * @param {string} name
 * @param {(row: typeof rows[number]) => number} of
 * @param {boolean} [isFact]
 */
const check = (name, of, isFact = false) => {
  const figures = rows.map(of);
  return isFact
    ? { name, figures }
    : { name, figures, target: "0", held: figures.every((figure) => figure === 0) };
};
process.exitCode = printChecks({
  title: "Records of one stamp",
  facts: { seed, Node: process.versions.node },
  columns: VENDORS,
  checks: [
    check("records of one stamp, and made meanwhile", ({ whole }) => whole.records, true),
    check("edits during the walk", ({ whole }) => whole.edits, true),
    check("missed", ({ whole }) => whole.missed),
    check("not in their last state", ({ whole }) => whole.stale),
    check("that are none of the CRM's", ({ whole }) => whole.extra),
    check(
      `records in ${OFFSETS} walks, with borders of pages at each offset`,
      ({ sum }) => sum("records"),
      true,
    ),
    check("edits during these walks", ({ sum }) => sum("edits"), true),
    check("missed there", ({ sum }) => sum("missed")),
    check("not in their last state there", ({ sum }) => sum("stale")),
    check("that are none of the CRM's there", ({ sum }) => sum("extra")),
  ],
  asJson: process.argv.includes("--json"),
});
