import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { rootFolder } from "./root.mjs";

/**
 * A PostgreSQL to work with: the one that DATABASE_URL names, else one that is started for this run, with fsync on.
 *
 * @returns {Promise<{ url: string, stop(): Promise<void>, restart?(): Promise<void> }>} One that is ours can be restarted.
 */
export async function findPostgres() {
  if (process.env["DATABASE_URL"]) return { url: process.env["DATABASE_URL"], stop: async () => {} };
  const folder = join(rootFolder, "node_modules/.cache/salesagent");
  const outfile = join(folder, `postgres-cluster-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  // The tests' own module, which is TypeScript and is not published.
  await build({
    entryPoints: [join(rootFolder, "packages/storage-pg/src/testing/postgres-cluster.ts")],
    outfile,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const { startPostgresCluster } = await import(pathToFileURL(outfile).href);
  await rm(outfile);
  return startPostgresCluster({ fsync: true });
}
