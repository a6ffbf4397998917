import {
  type CallOptions,
  type Storage,
  type TenantStorage,
  type TenantStores,
  untilAborted,
} from "@salesagent/ports";
import { checkTenant, closedStore } from "@salesagent/ports/store-rules";
import { Connections } from "./connections.js";
import type { Executor } from "./executor.js";
import { migrateSchema, quote } from "./migrate.js";
import { openOwnPool } from "./own-pool.js";
import type { OwnPool, PgClient, PgPool } from "./pg-pool.js";
import { createPgStores, createStatements, type Statements } from "./pg-stores.js";
import { PooledExecutor } from "./pooled-executor.js";
import { type PostgresOptions, type ResolvedOptions, resolvePostgresOptions } from "./postgres-options.js";
import { createScrubber } from "./scrub.js";

/**
 * A storage in PostgreSQL ≥ 14. Nothing is connected or loaded before the first call; run `migrate()` once before others.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function postgres(options: PostgresOptions): Storage {
  const resolved = resolvePostgresOptions(options);
  const statements = createStatements((table) => `${quote(resolved.schema)}.${table}`);
  const pool = lazyPool(resolved);
  const scrub = createScrubber(
    "pool" in resolved.connection ? undefined : resolved.connection.connectionString,
  );
  const connections = new Connections(pool.open, resolved.pooling, scrub);
  let closed = false;

  return {
    port: "storage/1",
    supports: { durable: true, shared: true },
    tenant(id) {
      checkTenant(id);
      const executor = new PooledExecutor({ ...resolved, connections, tenant: id, isClosed: () => closed });
      return createTenantStorage(id, executor, resolved, statements);
    },
    async migrate(call) {
      call?.signal?.throwIfAborted();
      if (closed) throw closedStore("storage", "The storage");
      return untilAborted(migrate(connections, resolved.schema, call), call?.signal);
    },
    async ping(call) {
      call?.signal?.throwIfAborted();
      if (closed) throw closedStore("storage", "The storage");
      return untilAborted(ping(connections, call), call?.signal);
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await pool.close();
    },
  };
}

/** The host's pool, or one that is opened when it is first wanted and closed at the end. */
function lazyPool({ connection }: ResolvedOptions): { open(): Promise<PgPool>; close(): Promise<void> } {
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

function migrate(connections: Connections, schema: string, call: CallOptions | undefined): Promise<void> {
  return onClient(connections, (client) => migrateSchema(client, schema), call);
}

function ping(connections: Connections, call: CallOptions | undefined): Promise<void> {
  return onClient(connections, async (client) => void (await client.query({ text: "select 1" })), call);
}

async function onClient(
  connections: Connections,
  work: (client: PgClient) => Promise<void>,
  call: CallOptions | undefined,
): Promise<void> {
  try {
    await connections.withClient(call?.signal, work);
  } catch (error) {
    if (call?.signal?.aborted === true) throw call.signal.reason;
    throw connections.toError(error, { store: "storage", reads: true });
  }
}

function createTenantStorage(
  tenant: string,
  pooled: PooledExecutor,
  { clock, createId }: ResolvedOptions,
  statements: Statements,
): TenantStorage {
  const storesOn = (executor: Executor): TenantStores =>
    createPgStores({ tenant, executor, clock, createId }, statements);
  return {
    ...storesOn(pooled),
    transaction: (work, options) => {
      const isolation = options?.isolation === "read-committed" ? "read committed" : "serializable";
      return pooled.transaction("transaction", isolation, (executor) => work(storesOn(executor)), options);
    },
  };
}
