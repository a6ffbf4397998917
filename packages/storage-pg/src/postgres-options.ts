import { type Clock, createSortableIds, systemClock } from "@salesagent/ports";
import type { Pooling } from "./connections.js";
import type { PgPool } from "./pg-pool.js";

/** What all ways to connect share. */
export interface PostgresSettings {
  /** Where the tables live: lower-case letters, digits and `_`, at most 40. @defaultValue "salesagent" */
  readonly schema?: string;
  /**
   * `session`: a connection stays with this process, so the tenant is set when it changes and statements are prepared.
   * `transaction`: behind a proxy that hands connections round between transactions, such as PgBouncer's transaction
   * pooling, or where the host's pool is shared with code that resets settings: the tenant is set within each
   * transaction and nothing is prepared, which costs three more round trips a call.
   *
   * @defaultValue "session"
   */
  readonly pooling?: Pooling;
  /**
   * Stamps records and tells what is over. Runs of graphs go by the server's clock instead, which all processes share, unless
   * a clock is given here.
   *
   * @defaultValue systemClock
   */
  readonly clock?: Clock;
  /**
   * Whether sleeping workers are woken by `notify`, over one connection more: of its own, or one that the host's pool lends
   * for good, if it has two. Without it, and with `pooling: "transaction"`, they look again every `pollMs`.
   *
   * @defaultValue true
   */
  readonly listen?: boolean;
  /** How often a sleeping worker looks for work while nothing would wake it, in milliseconds; > 0. @defaultValue 500 */
  readonly pollMs?: number;
  /** Makes the ids of leads; each must be new. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: () => string;
  /** Spreads what collided in time; in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
}

/** Connects by a pool of its own, opened at the first call with the peer `pg`. */
export interface ConnectionSettings extends PostgresSettings {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly connectionString: string;
  readonly pool?: undefined;
  /** Connections at once; whole number ≥ 1. @defaultValue 10 */
  readonly maxConnections?: number;
  /** How long a call waits for a connection, in milliseconds; 0 waits for ever. @defaultValue 10,000 */
  readonly connectTimeoutMs?: number;
}

/** Connects by the host's own `pg.Pool`, which is never closed by the storage. */
export interface PoolSettings extends PostgresSettings {
  readonly pool: PgPool;
  readonly connectionString?: undefined;
}

export type PostgresOptions = ConnectionSettings | PoolSettings;

export interface ResolvedOptions extends Required<PostgresSettings> {
  readonly connection:
    | Required<Omit<ConnectionSettings, "pool" | keyof PostgresSettings>>
    | { readonly pool: PgPool };
}

export function resolvePostgresOptions(options: PostgresOptions): ResolvedOptions {
  const { schema = "salesagent", pooling = "session", clock = systemClock } = options;
  const { createId = createSortableIds(clock), random = Math.random, listen = true, pollMs = 500 } = options;
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) {
    throw new TypeError("postgres.schema must be lower-case letters, digits and _, at most 40 characters");
  }
  if (pooling !== "session" && pooling !== "transaction") {
    throw new TypeError('postgres.pooling must be "session" or "transaction"');
  }
  if (!Number.isFinite(pollMs) || pollMs <= 0) {
    throw new RangeError(`postgres.pollMs must be a number > 0, got ${pollMs}`);
  }
  const connection = resolveConnection(options);
  return Object.freeze({ schema, pooling, clock, createId, random, listen, pollMs, connection });
}

function resolveConnection(options: PostgresOptions): ResolvedOptions["connection"] {
  if (options.pool !== undefined) {
    if (options.connectionString !== undefined) {
      throw new TypeError("postgres takes either connectionString or pool, not both");
    }
    if (typeof options.pool.connect !== "function") throw new TypeError("postgres.pool must be a pg.Pool");
    return { pool: options.pool };
  }
  const { connectionString, maxConnections = 10, connectTimeoutMs = 10_000 } = options;
  if (typeof connectionString !== "string" || connectionString === "") {
    throw new TypeError(
      "postgres.connectionString must be a text, such as postgres://user@host:5432/database",
    );
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 1) {
    throw new RangeError(`postgres.maxConnections must be a whole number ≥ 1, got ${maxConnections}`);
  }
  if (!Number.isFinite(connectTimeoutMs) || connectTimeoutMs < 0) {
    throw new RangeError(`postgres.connectTimeoutMs must be a number ≥ 0, got ${connectTimeoutMs}`);
  }
  return { connectionString, maxConnections, connectTimeoutMs };
}
