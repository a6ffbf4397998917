export type { Pooling } from "./connections.js";
export type { PgClient, PgNotice, PgPool, PgQuery } from "./pg-pool.js";
export type { PgTenantStores } from "./pg-stores.js";
export { type PgTenantStorage, type PostgresStorage, postgres } from "./postgres.js";
export type {
  ConnectionSettings,
  PoolSettings,
  PostgresOptions,
  PostgresSettings,
} from "./postgres-options.js";
