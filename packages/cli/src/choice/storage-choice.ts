import type { Storage } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";

/** Opens and prepares the storage that was asked for. @throws UsageError when Postgres has no address. */
export async function openStorage(
  kind: "memory" | "pg",
  databaseUrl: string | undefined,
  signal: AbortSignal,
): Promise<Storage> {
  if (kind === "memory") return (await import("@salesagent/storage-memory")).memoryStorage();
  if (!databaseUrl) {
    throw new UsageError(
      "--store pg needs --database-url or DATABASE_URL, such as postgres://user:password@localhost/sales.",
    );
  }
  const { postgres } = await import("@salesagent/storage-pg");
  const storage = postgres({ connectionString: databaseUrl });
  try {
    await storage.migrate({ signal });
    return storage;
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}
