// The whole example in one call: CRM, app, leads and, with PostgreSQL, a worker in a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { importLeads } from "@salesagent/intake";
import { fileSource } from "@salesagent/intake/file";
import { createApp } from "./app.mjs";
import { openClose, subscribe } from "./close-crm.mjs";
import { openSales } from "./sales.mjs";

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {{ databaseUrl?: string, port?: number, clientFolder?: string }} [options] */
export async function openExample({ databaseUrl, port = 0, clientFolder } = {}) {
  const crm = await openClose();
  const work = databaseUrl ? "elsewhere" : "here";
  const sales = await openSales({ databaseUrl, work, closeAccess: crm.access });
  const { app, server } = createApp(sales, { clientFolder });
  const http = app.listen(port, "127.0.0.1");
  await once(http, "listening");
  const url = `http://127.0.0.1:${http.address().port}`;

  await seed(sales);
  await subscribe(crm, `${url}/sales/webhooks/acme/close`);
  const worker = databaseUrl ? startWorker(databaseUrl, crm.access) : undefined;
  const inProcess = databaseUrl ? undefined : await sales.work();

  const end = async () => {
    worker?.kill("SIGTERM");
    await inProcess?.drain();
    await server[Symbol.asyncDispose]();
    http.closeAllConnections();
    http.close();
    await sales[Symbol.asyncDispose]();
    await crm.end();
  };
  return { url, sales, crm, worker, end };
}

/** In your deployment: `node work.mjs`, as often as you like. */
function startWorker(databaseUrl, access) {
  const env = { ...process.env, DATABASE_URL: databaseUrl, CLOSE_ACCESS: JSON.stringify(access) };
  return spawn(process.execPath, [pathOf("work.mjs")], { env, stdio: ["ignore", "inherit", "inherit"] });
}

/** The quickstart's companies, where the tenant has no lead yet. */
async function seed(sales) {
  const storage = sales.storage.tenant("acme");
  if ((await storage.leads.list({}, { limit: 1 })).items.length > 0) return;
  const source = fileSource(pathOf("../quickstart/companies.csv"));
  for await (const _ of importLeads({ source, storage })); // progress is told by its events
}
