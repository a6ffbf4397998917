/**
 * A process that syncs the contacts of a `page-server.mjs` into Postgres once: `node sync-process.mjs DATABASE_URL TENANT PAGES_URL`. It
 * tells its parent how far it is and how much memory it takes, each half second, and at its end what it took in all.
 */
import pg from "pg";
import { createCrmSync } from "../../packages/core/dist/crm/index.js";
import { postgres } from "../../packages/storage-pg/dist/index.js";
import { CUSTOM, pageProvider } from "./page-provider.mjs";

const EVERY_MS = 500;
const [url = "", tenant = "", pagesUrl = ""] = process.argv.slice(2);

let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (...args) {
  statements += 1;
  return query.apply(this, args);
};

const storage = postgres({ connectionString: url, maxConnections: 4 });
const sync = createCrmSync({
  storage,
  connections: {
    pages: {
      ...{ provider: pageProvider(pagesUrl), kinds: ["contact"], direction: "to-app" },
      fields: { contact: Object.fromEntries(CUSTOM.map((name) => [`custom.${name}`, {}])) },
    },
  },
}).tenant(tenant);

let done = 0;
const tell = (more = {}) => {
  const rssMb = process.memoryUsage.rss() / 2 ** 20;
  process.send?.({ done, rssMb, peakMb: process.resourceUsage().maxRSS / 2 ** 10, statements, ...more });
};
const timer = setInterval(tell, EVERY_MS);
const run = sync.run("pages");
for await (const event of run) if (event.type === "progress" && event.phase === "backfill") done = event.done;
const { counts } = await run.result();
clearInterval(timer);
tell({ counts });
await storage[Symbol.asyncDispose]();
process.disconnect?.();
