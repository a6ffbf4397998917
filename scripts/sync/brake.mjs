/**
 * Listings of a CRM that are cut short, filtered, refused or empty, and records that a credential does not see any more: nothing is
 * removed by them on either side, and what seemed gone is in step again once it is seen. Over the sandboxes by what their answers
 * say, and over the double of the conformance suite. `--json` for programs.
 */

import { createCrmDouble, manualClock } from "@salesagent/conformance";
import { createSyncContext, syncCycle } from "@salesagent/core/crm";
import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { printChecks } from "../crash/_checks.mjs";
import { openInProcess } from "./_in-process.mjs";
import { seed } from "./_seed.mjs";
import { VENDORS } from "./_vendors.mjs";

const RECORDS = 240;
const REMOVED_BY_USERS = 60;
const HOUR_MS = 3_600_000;
const COLUMNS = [...VENDORS, "double"];

/**
 * What is wrong with what a CRM tells of many (`listing`) or of one (`reading`); a number is the status of a refusal, a function
 * leaves some of the records out, `"cut"` ends the body in its middle.
 *
 * @typedef {number | "cut" | ((records: readonly unknown[]) => readonly unknown[])} Wrong
 * @typedef {{ name: string, listing?: Wrong, reading?: Wrong, isWhole?: boolean }} Scenario
 */

/** @param {readonly unknown[]} records */
const everyOther = (records) => records.filter((_, index) => index % 2 === 0);
/** @returns {readonly unknown[]} */
const none = () => [];

/** @type {readonly Scenario[]} */
const SCENARIOS = [
  { name: "a listing whose body is cut", listing: "cut" },
  {
    name: "a listing that ends after half of its first page",
    listing: (records) => records.slice(0, 12),
    isWhole: true,
  },
  { name: "a listing that is filtered", listing: everyOther },
  { name: "an empty listing", listing: none, isWhole: true },
  { name: "a listing that is refused (403)", listing: 403 },
  { name: "a dead credential (401)", listing: 401, reading: 401 },
  { name: "records that are not seen any more", listing: none, reading: none, isWhole: true },
  { name: "half of the records not seen any more", listing: everyOther, reading: everyOther },
];

/**
 * @typedef {object} Scene
 * @property {(scenario: Scenario | undefined) => void} tamper
 * @property {() => Promise<boolean>} cycle Whether the brake held something.
 * @property {() => Promise<[app: number, crm: number, pending: number]>} standing
 * @property {(count: number) => Promise<void>} removeByUsers
 */

/** @param {{ method: string, path: string }} request */
function placeOf({ method, path }) {
  const isClose = path.startsWith("/api/v1/");
  if (isClose) {
    if (/\/contact\/[^/]+\/$/.test(path) && method === "GET") return "reading";
    return /\/(contact|event|data\/search)\/$/.test(path) ? "listing" : undefined;
  }
  if (/\/contacts\/(batch\/read|\d+)$/.test(path) && method !== "PATCH") return "reading";
  return /\/contacts(\/search)?$/.test(path) ? "listing" : undefined;
}

/**
 * @param {Response} response
 * @param {Wrong} wrong
 * @param {boolean} isWhole
 */
async function spoil(response, wrong, isWhole) {
  if (typeof wrong === "number")
    return Response.json({ message: "refused", error: "refused" }, { status: wrong });
  const text = await response.text();
  const { status } = response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  if (wrong === "cut") return new Response(text.slice(0, text.length / 2), { status, headers });
  const body = JSON.parse(text);
  const name = ["data", "results"].find((one) => Array.isArray(body[one]));
  if (name === undefined) {
    return wrong([body]).length > 0 && wrong !== everyOther
      ? new Response(text, { status, headers })
      : Response.json(
          { status: "error", message: "resource not found", error: "Not found." },
          { status: 404 },
        );
  }
  const end = isWhole ? { has_more: false, cursor: null, paging: undefined } : {};
  return new Response(JSON.stringify({ ...body, [name]: wrong(body[name]), ...end }), { status, headers });
}

/**
 * @param {import("./_vendors.mjs").Vendor} vendor
 * @returns {Promise<Scene>}
 */
async function openSandboxScene(vendor) {
  const scene = openInProcess(vendor, { seed, pageSize: 25, kinds: ["contact"] });
  const companyId = await scene.users.create("company", "x.example", {});
  for (let index = 0; index < RECORDS; index++) {
    await scene.users.create("contact", `p${index}@x.example`, { title: "first" }, companyId);
  }
  scene.clock.advance(60_000);
  return {
    tamper(scenario) {
      scene.tamper.with =
        scenario &&
        ((request, response) => {
          const place = placeOf(request);
          const wrong = place && scenario[place];
          return wrong === undefined ? undefined : spoil(response, wrong, scenario.isWhole === true);
        });
    },
    async cycle() {
      scene.clock.advance(HOUR_MS);
      const before = scene.told.length;
      await scene.cycle({ full: true }).catch(rethrowUnlessKnown);
      return scene.told.slice(before).some(({ type }) => type === "braked");
    },
    standing: async () => [
      (await scene.app.standing("contact")).length,
      scene.users.standing("contact").length,
      await pendingRemovals(scene.storage),
    ],
    async removeByUsers(count) {
      for (const { id } of scene.users.standing("contact").slice(0, count)) {
        await scene.users.remove("contact", id);
      }
    },
  };
}

/** @returns {Promise<Scene>} */
async function openDoubleScene() {
  const clock = manualClock();
  const { provider, world } = createCrmDouble({ clock, pageSize: 25 });
  const storage = memoryStorage({ clock }).tenant("acme");
  for (let index = 0; index < RECORDS; index++) {
    world.create({ kind: "contact", fields: { email: `p${index}@x.example` } });
  }
  /** @type {Scenario | undefined} */
  let wrong;
  let braked = false;
  /** @param {Wrong | undefined} how */
  const check = (how) => {
    if (typeof how !== "number" && how !== "cut") return;
    throw new SalesAgentError(how === 401 ? "service.auth" : "service.unavailable", {
      message: "The double was told to refuse.",
      facts: { service: "double" },
      replay: "safe",
    });
  };
  const spoiled = new Proxy(provider, {
    get(target, name) {
      if (name === "list") {
        return async function* (/** @type {any} */ ...args) {
          check(wrong?.listing);
          for await (const page of target.list(.../** @type {[any]} */ (args))) {
            const how = wrong?.listing;
            const records = typeof how === "function" ? how(page.records) : page.records;
            yield { ...page, records, ...(wrong?.isWhole ? { complete: true } : {}) };
            if (wrong?.isWhole) return;
          }
        };
      }
      if (name === "getMany") {
        return async (/** @type {any} */ ...args) => {
          check(wrong?.reading);
          const found = await target.getMany(.../** @type {[any, any]} */ (args));
          const how = wrong?.reading;
          const seen = typeof how === "function" ? new Set(how(found)) : undefined;
          return seen ? found.map((record) => (seen.has(record) ? record : undefined)) : found;
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const context = createSyncContext({
    ...{ connection: "crm", provider: spoiled, storage, kinds: ["contact"], clock },
    tell: ({ type }) => {
      braked ||= type === "braked";
    },
  });
  return {
    tamper(scenario) {
      wrong = scenario;
    },
    async cycle() {
      clock.advance(HOUR_MS);
      braked = false;
      await syncCycle(context, { full: true }).catch(rethrowUnlessKnown);
      return braked;
    },
    standing: async () => [
      await storage.records.count("contact"),
      world.standing("contact").length,
      await pendingRemovals(storage),
    ],
    async removeByUsers(count) {
      for (const id of world.standing("contact").slice(0, count)) world.remove("contact", id);
    },
  };
}

/** @param {unknown} error */
function rethrowUnlessKnown(error) {
  if (!SalesAgentError.is(error)) throw error;
}

/** @param {import("@salesagent/ports").TenantStorage} storage */
async function pendingRemovals({ links }) {
  const counts = [
    ...(await links.count("crm", { removal: "to-app" })),
    ...(await links.count("crm", { removal: "to-crm" })),
  ];
  return counts.reduce((sum, count) => sum + count.links, 0);
}

/** @param {Scene} scene */
async function run(scene) {
  await scene.cycle();
  const rows = [];
  for (const scenario of SCENARIOS) {
    scene.tamper(scenario);
    const held = [await scene.cycle(), await scene.cycle()];
    const [app, crm] = await scene.standing();
    scene.tamper(undefined);
    for (let cycles = 0; cycles < 2; cycles++) await scene.cycle();
    const after = await scene.standing();
    rows.push({
      removed: 2 * RECORDS - app - crm,
      held: held.includes(true),
      off: Math.abs(RECORDS - after[0]) + Math.abs(RECORDS - after[1]) + after[2],
    });
  }
  await scene.removeByUsers(REMOVED_BY_USERS);
  const held = await scene.cycle();
  const [app] = await scene.standing();
  rows.push({ removed: RECORDS - app, held, off: held ? 0 : 1 });
  return rows;
}

process.stderr.write(`seed ${seed}\n`);
/** @type {Awaited<ReturnType<typeof run>>[]} */
const scenes = [];
for (const vendor of VENDORS) scenes.push(await run(await openSandboxScene(vendor)));
scenes.push(await run(await openDoubleScene()));
const names = [
  ...SCENARIOS.map(({ name }) => name),
  `${REMOVED_BY_USERS} of ${RECORDS} removed by users, nobody asked`,
];
const checks = names.flatMap((name, index) => {
  const rows = scenes.flatMap((scene) => scene[index] ?? []);
  return [
    {
      name: `${name}: removed`,
      figures: rows.map(({ removed, held }) => (held ? `${removed} (brake held)` : removed)),
      target: "0",
      held: rows.every(({ removed }) => removed === 0),
    },
    ...(index < SCENARIOS.length
      ? [
          {
            name: "– out of step once all is well again",
            figures: rows.map(({ off }) => off),
            target: "0",
            held: rows.every(({ off }) => off === 0),
          },
        ]
      : [
          {
            name: "– and held by the brake",
            figures: rows.map(({ held }) => (held ? "yes" : "no")),
            target: "yes",
            held: rows.every(({ held }) => held),
          },
        ]),
  ];
});
process.exitCode = printChecks({
  title: "Listings that lie",
  facts: { seed, Node: process.versions.node },
  ...{ columns: COLUMNS, checks, asJson: process.argv.includes("--json") },
});
