import { openOwnPool } from "./own-pool.js";
import type { OwnPool, PgPool } from "./pg-pool.js";
import type { ResolvedOptions } from "./postgres-options.js";

/** The host's pool, or one that is opened when it is first wanted and closed at the end. */
export function lazyPool(connection: ResolvedOptions["connection"]): {
  open(): Promise<PgPool>;
  close(): Promise<void>;
} {
  if ("pool" in connection) {
    const given = Promise.resolve(connection.pool);
    return { open: () => given, close: async () => {} };
  }
  let own: Promise<OwnPool> | undefined;
  return {
    open() {
      own ??= openOwnPool(connection);
      return own;
    },
    async close() {
      const pool = await own?.catch(() => undefined); // one that never opened was told to its callers
      await pool?.end();
    },
  };
}
