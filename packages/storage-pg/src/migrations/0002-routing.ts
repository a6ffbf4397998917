const TABLES = [
  "budget_lines",
  "budget_reservations",
  "cache_entries",
  "breakers",
  "breaker_probes",
  "vector_collections",
  "vector_items",
];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/** Budgets, kept answers, shared breakers and vectors; what model calls say of routing. */
export const routing = `
alter table $schema.model_calls
  add column purpose text,
  add column fee_nano_usd bigint,
  add column lead_id text collate "C",
  add column campaign_id text collate "C";

-- Every call of a tenant may update one row: the pages have room for its next versions, which then need no index entries.
-- seq tells a line from a later one of the same key.
create table $schema.budget_lines (
  tenant text collate "C" not null,
  key text collate "C" not null,
  seq bigint generated always as identity,
  spent_nano_usd bigint not null default 0,
  spent_tokens bigint not null default 0,
  spent_calls bigint not null default 0,
  held_nano_usd bigint not null default 0,
  held_tokens bigint not null default 0,
  held_calls bigint not null default 0,
  ends_at timestamptz,
  primary key (tenant, key)
) with (fillfactor = 50);
create index budget_lines_by_end on $schema.budget_lines (tenant, ends_at) where ends_at is not null;

-- Settled ones are deleted. ends_at is when the last of its lines is over.
create table $schema.budget_reservations (
  tenant text collate "C" not null,
  id text collate "C" not null,
  lapsed boolean not null default false,
  line_keys text[] collate "C" not null,
  line_seqs bigint[] not null,
  nano_usd bigint not null,
  tokens bigint not null,
  calls bigint not null,
  lease_until timestamptz not null,
  ends_at timestamptz,
  primary key (tenant, id)
);
create index budget_reservations_open on $schema.budget_reservations (tenant, lease_until) where not lapsed;
create index budget_reservations_by_end on $schema.budget_reservations (tenant, ends_at) where ends_at is not null;

-- Unlogged: kept answers may vanish, so they need not go through the write-ahead log.
create unlogged table $schema.cache_entries (
  tenant text collate "C" not null,
  key text collate "C" not null,
  value json not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant, key)
);
create index cache_entries_by_expiry on $schema.cache_entries (tenant, expires_at);

create table $schema.breakers (
  tenant text collate "C" not null,
  name text collate "C" not null,
  state text not null,
  error_code text,
  retry_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant, name)
);

create table $schema.breaker_probes (
  tenant text collate "C" not null,
  name text collate "C" not null,
  owner text not null,
  ends_at timestamptz not null,
  primary key (tenant, name)
);

create table $schema.vector_collections (
  tenant text collate "C" not null,
  name text collate "C" not null,
  dimensions integer not null,
  primary key (tenant, name)
);

-- The vector's numbers are little-endian floats of 32 bits, which compression would not make smaller.
create table $schema.vector_items (
  tenant text collate "C" not null,
  collection text collate "C" not null,
  id text collate "C" not null,
  vector bytea not null,
  data json not null,
  expires_at timestamptz,
  primary key (tenant, collection, id)
);
alter table $schema.vector_items alter column vector set storage external;
create index vector_items_by_expiry on $schema.vector_items (tenant, collection, expires_at)
  where expires_at is not null;
${isolation}
`;
