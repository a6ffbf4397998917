const TABLES = ["streams", "stream_events", "api_keys"];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/** What runs tell, kept beyond the connection of whoever reads it; and keys of programs. */
export const streams = `
-- Each append changes a row of streams, and none of its indexes before the end: updated_at is in no index. Events up to the number
-- gone are missing, since they were erased.
create table $schema.streams (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  source text collate "C" not null,
  status text collate "C" not null,
  error json,
  thread_id text collate "C",
  lead_id text collate "C",
  started_by text,
  last bigint not null,
  gone bigint not null default 0,
  fence bigint not null,
  stop json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id)
) with (fillfactor = 50);
create index streams_by_creation on $schema.streams (tenant, created_at, seq);
create index streams_by_status on $schema.streams (tenant, status, created_at, seq);
create index streams_by_thread on $schema.streams (tenant, thread_id, created_at, seq) where thread_id is not null;
create index streams_by_lead on $schema.streams (tenant, lead_id, created_at, seq) where lead_id is not null;

-- One row for all that one append brought: a list of pairs, type and data, with the numbers first to last. A row of up to 8 KB stays
-- where it is and is not compressed.
create table $schema.stream_events (
  tenant text collate "C" not null,
  stream_id text collate "C" not null,
  last bigint not null,
  first bigint not null,
  events json not null,
  primary key (tenant, stream_id, last)
) with (toast_tuple_target = 8160);

create table $schema.api_keys (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  name text not null,
  hash text collate "C" not null,
  role text collate "C" not null,
  scopes json,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant, id)
);
create index api_keys_by_creation on $schema.api_keys (tenant, created_at, seq);
${isolation}
`;
