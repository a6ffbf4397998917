export type { Pooling } from "./connections.js";
export type { PgClient, PgPool, PgQuery } from "./pg-pool.js";
export { postgres } from "./postgres.js";
export type {
  ConnectionSettings,
  PoolSettings,
  PostgresOptions,
  PostgresSettings,
} from "./postgres-options.js";
