const TABLES = [
  "leads",
  "lead_keys",
  "runs",
  "steps",
  "model_calls",
  "results",
  "threads",
  "messages",
  "audit",
  "usage_sums",
  "imports",
];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/**
 * The stores. JSON is kept as `json`, not `jsonb`: it comes back character for character, the order of properties
 * included. `seq` gives lists a stable order among rows of one instant.
 */
export const stores = `
create table $schema.leads (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  source text not null,
  stage text not null,
  company json not null,
  contact json,
  custom json not null,
  keys json not null,
  revision bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id)
);
create index leads_by_seq on $schema.leads (tenant, seq);
create index leads_by_stage on $schema.leads (tenant, stage, seq);

-- No foreign key to leads: both are written by one statement, and the check would cost a third of a bulk insert.
create table $schema.lead_keys (
  tenant text collate "C" not null,
  key text collate "C" not null,
  lead_id text collate "C" not null,
  constraint lead_keys_pkey primary key (tenant, key)
);

create table $schema.runs (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  agent text not null,
  status text not null,
  lead_id text collate "C",
  thread_id text collate "C",
  parent_run_id text collate "C",
  input json not null,
  output json,
  error json,
  engine text,
  usage json,
  cost_nano_usd bigint,
  started_at timestamptz not null,
  finished_at timestamptz,
  latency_ms double precision,
  primary key (tenant, id)
);
create index runs_by_start on $schema.runs (tenant, started_at, seq);
create index runs_by_lead on $schema.runs (tenant, lead_id, started_at, seq) where lead_id is not null;

create table $schema.steps (
  tenant text collate "C" not null,
  run_id text collate "C" not null,
  step_index bigint not null,
  kind text not null,
  name text not null,
  status text not null,
  input json,
  output json,
  error json,
  started_at timestamptz not null,
  latency_ms double precision not null,
  primary key (tenant, run_id, step_index)
);

create table $schema.model_calls (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  run_id text collate "C",
  step_index bigint,
  agent text,
  provider text not null,
  model_id text not null,
  request_id text,
  outcome text not null,
  error_code text,
  usage json not null,
  cost_nano_usd bigint,
  estimated boolean,
  started_at timestamptz not null,
  latency_ms double precision not null,
  first_token_ms double precision,
  primary key (tenant, id)
);
create index model_calls_by_start on $schema.model_calls (tenant, started_at, seq);
create index model_calls_by_run on $schema.model_calls (tenant, run_id, started_at, seq) where run_id is not null;

create table $schema.results (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  kind text not null,
  lead_id text collate "C" not null,
  run_id text collate "C",
  score double precision,
  tier text,
  data json not null,
  created_at timestamptz not null,
  primary key (tenant, id)
);
create index results_by_creation on $schema.results (tenant, created_at, seq);
create index results_by_lead on $schema.results (tenant, lead_id, created_at, seq);

create table $schema.threads (
  tenant text collate "C" not null,
  id text collate "C" not null,
  next_index bigint not null,
  primary key (tenant, id)
);

create table $schema.messages (
  tenant text collate "C" not null,
  thread_id text collate "C" not null,
  message_index bigint not null,
  run_id text collate "C",
  message json not null,
  created_at timestamptz not null,
  primary key (tenant, thread_id, message_index)
);

create table $schema.audit (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text collate "C" not null,
  run_id text collate "C",
  facts json not null,
  primary key (tenant, id)
);
create index audit_by_seq on $schema.audit (tenant, seq);
create index audit_by_subject on $schema.audit (tenant, subject, seq);
create index audit_by_run on $schema.audit (tenant, run_id, seq) where run_id is not null;

create table $schema.usage_sums (
  tenant text collate "C" not null,
  day date not null,
  agent text collate "C" not null,
  provider text collate "C" not null,
  model_id text collate "C" not null,
  calls bigint not null,
  failed_calls bigint not null,
  input_tokens bigint not null,
  cached_input_tokens bigint not null,
  output_tokens bigint not null,
  reasoning_tokens bigint not null,
  cost_nano_usd bigint not null,
  unpriced_calls bigint not null,
  primary key (tenant, day, agent, provider, model_id)
);

create table $schema.imports (
  tenant text collate "C" not null,
  id text collate "C" not null,
  source text not null,
  status text not null,
  rows_read bigint not null,
  imported bigint not null,
  duplicates bigint not null,
  rejected bigint not null,
  position json not null,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, id)
);
${isolation}
`;
