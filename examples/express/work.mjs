// A worker: durable runs, syncs and webhooks of all processes. It takes over what a process that died was at.
import { openSales } from "./sales.mjs";

const { DATABASE_URL: databaseUrl, CLOSE_ACCESS, CLOSE_API_KEY: apiKey } = process.env;
if (!databaseUrl) throw new Error("Set DATABASE_URL: what several processes work on is in PostgreSQL.");
const closeAccess = CLOSE_ACCESS ? JSON.parse(CLOSE_ACCESS) : { apiKey };
const sales = await openSales({ databaseUrl, closeAccess });
const worker = await sales.work();
console.log(`worker ${process.pid} works`);
process.once("SIGTERM", async () => {
  await worker.drain();
  await sales[Symbol.asyncDispose]();
});
