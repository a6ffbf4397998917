const TABLES = ["facts", "workflows", "workflow_versions"];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/** Facts, summaries of threads, stored workflows; and when records were last of use, so that the oldest are found to be dropped. */
export const memory = `
create table $schema.facts (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  subject text collate "C" not null,
  text text not null,
  thread_id text collate "C",
  run_id text collate "C",
  data json,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (tenant, id)
);
create index facts_by_creation on $schema.facts (tenant, created_at, seq);
create index facts_by_subject on $schema.facts (tenant, subject, created_at, seq);
create index facts_by_thread on $schema.facts (tenant, thread_id, created_at, seq) where thread_id is not null;
create index facts_by_expiry on $schema.facts (tenant, expires_at) where expires_at is not null;

-- One row for each name: whoever changes which version is active changes this row, so that one at most is.
create table $schema.workflows (
  tenant text collate "C" not null,
  name text collate "C" not null,
  active_version text collate "C" not null,
  primary key (tenant, name)
);

create table $schema.workflow_versions (
  tenant text collate "C" not null,
  name text collate "C" not null,
  version text collate "C" not null,
  seq bigint generated always as identity,
  definition json not null,
  created_by text,
  note text,
  created_at timestamptz not null,
  primary key (tenant, name, version)
);
create index workflow_versions_by_creation on $schema.workflow_versions (tenant, created_at, seq);

alter table $schema.threads
  add column last_at timestamptz not null default '-infinity',
  add column summary text,
  add column summary_up_to bigint,
  add column summary_at timestamptz;
alter table $schema.threads no force row level security;
alter table $schema.messages no force row level security;
update $schema.threads t set last_at = m.created_at from $schema.messages m
where m.tenant = t.tenant and m.thread_id = t.id and m.message_index = t.next_index - 1;
alter table $schema.threads force row level security;
alter table $schema.messages force row level security;
create index threads_by_last on $schema.threads (tenant, last_at);

-- ended_at is set once, when a run has ended, and updated_at is in no index: so the writes of a run that goes on need no
-- index entries. cleared: what an ended run went on from was dropped.
alter table $schema.flow_queue
  add column ended_at timestamptz,
  add column cleared boolean not null default false;
alter table $schema.flow_queue no force row level security;
update $schema.flow_queue set ended_at = updated_at where status in ('completed', 'failed', 'cancelled');
alter table $schema.flow_queue force row level security;
create index flow_queue_by_end on $schema.flow_queue (tenant, ended_at) where ended_at is not null;
create index flow_queue_uncleared on $schema.flow_queue (tenant, ended_at) where ended_at is not null and not cleared;

create index runs_by_end on $schema.runs (tenant, coalesce(finished_at, started_at))
  where status in ('completed', 'failed', 'cancelled');
create index effects_by_end on $schema.effects (tenant, updated_at) where status in ('done', 'failed');
create index vector_items_by_end on $schema.vector_items (tenant, expires_at) where expires_at is not null;
create index audit_by_time on $schema.audit (tenant, at);

-- In no index, since every call of a tenant may change it.
alter table $schema.budget_lines add column reserved_at timestamptz not null default now();
${isolation}
`;
