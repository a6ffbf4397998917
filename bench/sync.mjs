// A first sync of contacts from a CRM on loopback into Postgres, with links, bases and hashes, beside pages of HTTP alone and with one
// bare upsert; the same again when nothing changed; statements and memory that it takes; and what normalising and merging take.
// Run: npm run bench -- sync. DATABASE_URL names a server; without it one is started, with fsync on.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createCrmSync, mergeRecord } from "../packages/core/dist/crm/index.js";
import { normaliseCountry, normaliseEmail, normaliseSeniority } from "../packages/intake/dist/index.js";
import { memoryStorage } from "../packages/storage-memory/dist/index.js";
import { withDatabase } from "./_database.mjs";
import { figure, measure, measureGroups } from "./_interleaved.mjs";
import { prepareFloor, pullFloor, readPages } from "./sync/floor.mjs";
import { CUSTOM, pageProvider } from "./sync/page-provider.mjs";

const SERVER = fileURLToPath(new URL("./sync/page-server.mjs", import.meta.url));
const PROCESS = fileURLToPath(new URL("./sync/sync-process.mjs", import.meta.url));
const CONTACTS = 20_000;
const QUICK_CONTACTS = 500;

const OWN_FIELDS = { contact: Object.fromEntries(CUSTOM.map((name) => [`custom.${name}`, {}])) };

const syncOf = (storage, tenant, url) =>
  createCrmSync({
    storage,
    connections: {
      pages: { provider: pageProvider(url), kinds: ["contact"], direction: "to-app", fields: OWN_FIELDS },
    },
  }).tenant(tenant);

let tenants = 0;

/** Each sample has a tenant of its own, and so nothing there yet. */
const firstSync = (storage, url, contacts) => async () => {
  const sync = syncOf(storage, `first-${process.pid}-${tenants++}`, url);
  return measure(contacts, async () => {
    const { counts } = await sync.run("pages").result();
    if (counts.created !== contacts) throw new Error(`${counts.created} of ${contacts} contacts came`);
  });
};

const secondSync = (storage, url, contacts) => {
  const sync = syncOf(storage, `again-${process.pid}`, url);
  const first = sync.run("pages").result();
  return async () => {
    await first;
    return measure(contacts, async () => {
      const { counts } = await sync.run("pages", { full: true }).result();
      if (counts.unchanged !== contacts) throw new Error(`${counts.unchanged} of ${contacts} were unchanged`);
    });
  };
};

const side = (title) => ({
  changedAtMs: 0,
  values: {
    ...{
      email: "ada@x.example",
      firstName: "Ada",
      lastName: "Byron",
      title,
      phone: "+4930123456",
      country: "GB",
    },
    ...{
      "custom.stage": "lead",
      "custom.notes": "Asked about prices at the fair.",
      "custom.score": 12,
      "custom.owner": "7",
    },
  },
});
const RULES = Object.fromEntries(Object.keys(side("").values).map((name) => [name, {}]));

const merging = (merges) => () => {
  const [app, crm] = [side("CTO"), side("CIO")];
  const base = { app: side("CTO").values, crm: side("CTO").values };
  return measure(merges, () => {
    for (let index = 0; index < merges; index++) mergeRecord(app, crm, base, { rules: RULES });
  });
};

const PEOPLE = Array.from({ length: 1_000 }, (_, index) => ({
  email: ` Given${index}.Family@Buyer${index % 50}.Example `,
  country: ["Germany", "US", "jpn", "France"][index % 4] ?? "",
  title: ["VP Sales", "CTO", "Buyer", "Head of Operations"][index % 4] ?? "",
}));

const normalising = (people) => () =>
  measure(people, () => {
    for (let index = 0; index < people; index++) {
      const person = PEOPLE[index % PEOPLE.length];
      normaliseEmail(person?.email ?? "");
      normaliseCountry(person?.country ?? "");
      normaliseSeniority(person?.title ?? "");
    }
  });

/** What a sync in a process of its own takes beside time. */
async function weigh(databaseUrl, url, contacts) {
  const told = [];
  const tenant = `weighed-${process.pid}`;
  for (let run = 0; run < 2; run++) {
    const child = fork(PROCESS, [databaseUrl, tenant, url], { execArgv: [] });
    let last;
    child.on("message", (message) => {
      last = message;
    });
    const [code] = await once(child, "exit");
    if (code !== 0 || last === undefined) throw new Error(`the sync that is weighed ended with ${code}`);
    told.push(last);
  }
  console.log("\nwhat it takes beside time");
  for (const [index, name] of ["a first sync", "when nothing changed"].entries()) {
    const { statements, peakMb } = told[index];
    const each = figure(statements / contacts);
    console.log(
      `  ${name.padEnd(30)} ${each.padStart(8)} statements a contact  ${figure(peakMb)} MB at most`,
    );
  }
}

async function startServer(contacts) {
  const server = spawn(process.execPath, [SERVER, String(contacts)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), stop: () => server.kill() };
}

/**
 * @param {{ rounds?: number, quick?: boolean }} options - Samples of each contender, interleaved; a first round, uncounted,
 * warms up. Quick only tries the benchmark.
 * @returns Samples by group and contender, in microseconds a contact or merge.
 */
export function run({ rounds = 5, quick = false } = {}) {
  const contacts = quick ? QUICK_CONTACTS : CONTACTS;
  return withDatabase(async ({ url, pool, storage }) => {
    const server = await startServer(contacts);
    try {
      const floor = (contender) => async () => {
        await prepareFloor(pool);
        return measure(contacts, contender);
      };
      await weigh(url, server.url, contacts);
      return await measureGroups(
        {
          [`a first sync of ${contacts} contacts, to Postgres`]: {
            "pages and a bare upsert": floor(() => pullFloor(pool, server.url)),
            "pages alone": floor(() => drain(readPages(server.url))),
            "sync to Postgres": firstSync(storage, server.url, contacts),
            "sync to memory": firstSync(memoryStorage(), server.url, contacts),
          },
          "the same when nothing changed": {
            "pages and a bare upsert": floor(() => pullFloor(pool, server.url)),
            "sync to Postgres": secondSync(storage, server.url, contacts),
          },
          "merging a record of ten fields": { mergeRecord: merging(quick ? 1000 : 200_000) },
          "normalising a person": {
            "email, country and seniority": normalising(quick ? 1000 : 200_000),
          },
        },
        rounds,
      );
    } finally {
      server.stop();
    }
  });
}

async function drain(pages) {
  for await (const _ of pages);
}
