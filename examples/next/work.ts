// A worker: `DATABASE_URL=… npm run work`. It takes over what a process that died was at.
import { openSales, worksElsewhere } from "./lib/sales";

if (!worksElsewhere) throw new Error("Set DATABASE_URL: what several processes work on is in PostgreSQL.");
const sales = await openSales();
const worker = await sales.work();
console.log(`worker ${process.pid} works`);
process.once("SIGTERM", async () => {
  await worker.drain();
  await sales[Symbol.asyncDispose]();
});
