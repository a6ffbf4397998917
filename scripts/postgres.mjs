/**
 * `npm run postgres`: a PostgreSQL to try `--store pg` with, from the binaries that the tests use. It prints DATABASE_URL and waits;
 * Ctrl+C stops the server and removes what it held.
 */
import { once } from "node:events";
import { ensureInstalled } from "./workspace/install.mjs";
import { requireNode } from "./workspace/node-version.mjs";
import { runMain } from "./workspace/progress.mjs";

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  const { findPostgres } = await import("./workspace/postgres.mjs");
  const isGiven = Boolean(process.env["DATABASE_URL"]);
  const { url, stop } = await findPostgres();
  console.log(`export DATABASE_URL=${url}`);
  if (isGiven) return 0; // a server that is somebody else's to stop
  console.log("\nIn another terminal, with that line first:");
  console.log("  npx salesagent run bdr --example --rehearse --store pg   # after npm run build");
  console.log("\nCtrl+C stops the server and removes its data.");
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopped.abort());
  // Nothing else holds this process.
  const beat = setInterval(() => {}, 60_000);
  await once(stopped.signal, "abort");
  clearInterval(beat);
  await stop();
  return 0;
});
