import { SalesAgentError } from "@salesagent/ports";
import type { OwnPool } from "./pg-pool.js";
import type { ConnectionSettings } from "./postgres-options.js";

type OwnPoolSettings = Required<
  Pick<ConnectionSettings, "connectionString" | "maxConnections" | "connectTimeoutMs">
>;

/** Loads `pg` and opens a pool; no connection is made yet. */
export async function openOwnPool(settings: OwnPoolSettings): Promise<OwnPool> {
  const { Pool } = await loadPg();
  const pool = new Pool({
    connectionString: settings.connectionString,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    application_name: "salesagent",
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is replaced at the next call; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}

/** Loads the peer `pg`. @throws `config.invalid` when it is not installed. */
export async function loadPg() {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new SalesAgentError("config.invalid", {
      message:
        "postgres({ connectionString }) needs the package pg, which can't be loaded. Run: npm install pg",
      facts: { option: "postgres.connectionString" },
      replay: "safe",
      cause,
    });
  }
}
