/**
 * Records of the app that are made in a CRM while the answers of creates are lost at random, half of them after the work was done and
 * half before: each is there once in the end. `CREATES` (1,000) for each adapter, over its sandbox; `SEED` repeats a run. The same over
 * the double of the conformance suite is in `counts.mjs`. `--json` for programs.
 */
import { printChecks } from "../crash/_checks.mjs";
import { createRandom } from "../workspace/random.mjs";
import { openInProcess } from "./_in-process.mjs";
import { seed } from "./_seed.mjs";
import { VENDORS } from "./_vendors.mjs";

const CREATES = Number(process.env["CREATES"] ?? 1_000);
/** Of all creates. */
const LOST_SHARE = 0.5;
const MINUTE_MS = 60_000;
const MOST_CYCLES = 60;
/** Ways on which records are made. */
const CREATE_PATHS = /\/(lead|contact)\/$|\/objects\/[^/]+\/contacts(\/batch\/create)?$/;

/** @param {import("./_vendors.mjs").Vendor} vendor */
async function run(vendor) {
  // A batch is lost as a whole, so that small ones are lost more often.
  const scene = openInProcess(vendor, {
    seed,
    kinds: ["contact"],
    limits: { batch: 2, attempts: 50, backoffCapMs: MINUTE_MS },
  });
  const random = createRandom(seed);
  const lost = { after: 0, before: 0 };
  for (const when of /** @type {const} */ (["after", "before"])) {
    // The second plan is asked where the first one lets a request pass.
    const share = when === "after" ? LOST_SHARE / 2 : LOST_SHARE / 2 / (1 - LOST_SHARE / 2);
    scene.endpoint.fail({
      times: Number.POSITIVE_INFINITY,
      on({ method, path }) {
        if (method !== "POST" || !CREATE_PATHS.test(path) || random() >= share) return false;
        lost[when] += 1;
        return true;
      },
      fault: { type: "lost", when },
    });
  }
  for (let index = 0; index < CREATES; index++) {
    await scene.app.create("contact", `p${index}@x.example`, { ours: `v${index}` });
  }
  let cycles = 0;
  for (; cycles < MOST_CYCLES && (cycles === 0 || (await openLinks(scene.storage)) > 0); cycles++) {
    await scene.cycle();
    scene.clock.advance(MINUTE_MS);
  }
  scene.endpoint.clearFaults();
  await scene.cycle({ full: true });
  scene.clock.advance(MINUTE_MS);
  await scene.cycle();
  const standing = scene.users.standing("contact");
  const keys = new Set(standing.map(({ key }) => key));
  const leads = vendor === "close" ? scene.users.standing("company").length : undefined;
  const inApp = await scene.storage.records.count("contact");
  return {
    ...{ lost, cycles, leads, inApp },
    inCrm: standing.length,
    missing: CREATES - keys.size,
    letters: await scene.storage.deadLetters.count(),
    open: await openLinks(scene.storage),
  };
}

/** @param {import("@salesagent/ports").TenantStorage} storage */
async function openLinks({ links }) {
  const counts = await links.count("crm");
  const unlinked = counts.filter(({ state }) => state !== "linked");
  const linked = counts.reduce((sum, count) => sum + count.links, 0);
  return CREATES - linked + unlinked.reduce((sum, count) => sum + count.links, 0);
}

process.stderr.write(`seed ${seed}\n`);
const runs = [];
for (const vendor of VENDORS) runs.push(await run(vendor));

/**
 * @param {string} name
 * @param {readonly number[]} figures
 * @param {number} target
 */
const exactly = (name, figures, target) => ({
  ...{ name, figures, target: target.toLocaleString("en-US") },
  held: figures.every((figure) => figure === target),
});
const checks = [
  { name: "answers lost after the work", figures: runs.map(({ lost }) => lost.after) },
  { name: "requests lost before it", figures: runs.map(({ lost }) => lost.before) },
  { name: "syncs, a minute apart", figures: runs.map(({ cycles }) => cycles) },
  exactly(
    "records in the CRM",
    runs.map(({ inCrm }) => inCrm),
    CREATES,
  ),
  exactly(
    "records in the app",
    runs.map(({ inApp }) => inApp),
    CREATES,
  ),
  exactly(
    "duplicates",
    runs.map(({ inCrm, missing }) => inCrm - (CREATES - missing)),
    0,
  ),
  exactly(
    "leads of Close's made for nobody",
    runs.map(({ leads = CREATES }) => leads - CREATES),
    0,
  ),
  exactly(
    "lost",
    runs.map(({ missing }) => missing),
    0,
  ),
  exactly(
    "links that are not settled",
    runs.map(({ open }) => open),
    0,
  ),
  exactly(
    "dead letters",
    runs.map(({ letters }) => letters),
    0,
  ),
];
process.exitCode = printChecks({
  title: "Creates whose answers are lost",
  facts: { seed, Node: process.versions.node },
  ...{ columns: VENDORS, checks, asJson: process.argv.includes("--json") },
});
