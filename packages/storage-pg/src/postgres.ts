import {
  type CallOptions,
  type ErasureStore,
  type FlowQueue,
  type RetentionStore,
  type Storage,
  type TransactionOptions,
  untilAborted,
} from "@salesagent/ports";
import { checkTenant, closedStore } from "@salesagent/ports/store-rules";
import { Connections } from "./connections.js";
import type { Executor } from "./executor.js";
import { FlowListener } from "./flow-listener.js";
import { flowChannel } from "./flow-statements.js";
import { lazyPool } from "./lazy-pool.js";
import { createListen } from "./listening.js";
import { migrateSchema, quote } from "./migrate.js";
import { createPgErasureStore } from "./pg-erasure-store.js";
import { createPgFlowQueue } from "./pg-flow-queue.js";
import type { PgClient } from "./pg-pool.js";
import { createPgRetentionStore } from "./pg-retention-store.js";
import { createPgStores, createStatements, type PgTenantStores, type Statements } from "./pg-stores.js";
import { PooledExecutor } from "./pooled-executor.js";
import { type PostgresOptions, type ResolvedOptions, resolvePostgresOptions } from "./postgres-options.js";
import { createScrubber } from "./scrub.js";
import { StatementRunner } from "./statement-runner.js";
import { PgStreamNotices } from "./streams/pg-stream-notices.js";
import { streamChannel } from "./streams/stream-append.js";
import { rememberTransaction } from "./transaction-stores.js";

/** The stores of one tenant, and transactions over them. */
export interface PgTenantStorage extends PgTenantStores {
  readonly erasure: ErasureStore;
  readonly retention: RetentionStore;
  transaction<T>(work: (stores: PgTenantStores) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** A storage in PostgreSQL, with the queue of the runs of all tenants. */
export interface PostgresStorage extends Storage {
  readonly queue: FlowQueue;
  tenant(id: string): PgTenantStorage;
}

/**
 * A storage in PostgreSQL ≥ 14. Nothing is connected or loaded before the first call; run `migrate()` once before others.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 */
export function postgres(options: PostgresOptions): PostgresStorage {
  const resolved = resolvePostgresOptions(options);
  const statements = createStatements((table) => `${quote(resolved.schema)}.${table}`, resolved.schema);
  const pool = lazyPool(resolved.connection);
  const scrub = createScrubber(
    "pool" in resolved.connection ? undefined : resolved.connection.connectionString,
  );
  const connections = new Connections(pool.open, resolved.pooling, scrub);
  let closed = false;
  const running = { ...resolved, connections, isClosed: () => closed };
  const listen = createListen(resolved);
  const listener = new FlowListener({ ...resolved, listen, channel: flowChannel(resolved.schema) });
  const notices = new PgStreamNotices({ ...resolved, listen, channel: streamChannel(resolved.schema) });
  const runner = new StatementRunner(running);

  return {
    port: "storage/1",
    supports: { durable: true, shared: true },
    queue: createPgFlowQueue({ runner, listener, clock: resolved.clock }, statements.queue),
    notices,
    tenant(id) {
      checkTenant(id);
      const executor = new PooledExecutor({ ...running, tenant: id });
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
      listener.close();
      notices.close();
      await pool.close();
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
): PgTenantStorage {
  const storesOn = (executor: Executor): PgTenantStores =>
    createPgStores({ tenant, executor, clock, createId }, statements);
  const storesIn = (executor: Executor): PgTenantStores => {
    const stores = storesOn(executor);
    rememberTransaction(stores, executor);
    return stores;
  };
  const context = { tenant, executor: pooled, clock, createId };
  return {
    ...storesOn(pooled),
    erasure: createPgErasureStore(context, statements.erasing),
    retention: createPgRetentionStore(context, statements.retention),
    transaction: (work, options) => {
      const isolation = options?.isolation === "read-committed" ? "read committed" : "serializable";
      return pooled.transaction("transaction", isolation, (executor) => work(storesIn(executor)), options);
    },
  };
}
