// The show: `npm start -w examples/express`, or with `-- --store pg` for PostgreSQL and a worker in a process of its own. Installs and
// builds first, where that is due.
import { parseArgs } from "node:util";
import { ensureBuilt } from "../../scripts/workspace/build.mjs";
import { ensureInstalled } from "../../scripts/workspace/install.mjs";
import { requireNode } from "../../scripts/workspace/node-version.mjs";
import { runMain } from "../../scripts/workspace/progress.mjs";

await runMain(async () => {
  requireNode();
  const { values } = parseArgs({
    options: { store: { type: "string", default: "memory" }, port: { type: "string", default: "3000" } },
  });
  if (!["memory", "pg"].includes(values.store)) throw new Error("--store is memory or pg.");
  await ensureInstalled();
  await ensureBuilt();
  const { openExample } = await import("./open-example.mjs");
  const database = values.store === "pg" ? await findDatabase() : undefined;
  const example = await openExample({ databaseUrl: database?.url, port: Number(values.port) });
  console.log(`Open ${example.url}`);
  console.log(`The routes: ${example.url}/sales/openapi.json`);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await example.end();
      await database?.stop();
    });
  }
});

async function findDatabase() {
  const { findPostgres } = await import("../../scripts/workspace/postgres.mjs");
  return findPostgres();
}
