const TABLES = ["flow_runs", "flow_steps", "flow_checkpoints", "flow_events", "effects", "approvals"];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/** The end of a lease, or now, by the clock of the store or of the server. */
const INSTANT = "coalesce(p_now, date_trunc('milliseconds', statement_timestamp()))";

/** Runs of graphs, who works on them, what they remember; effects and approvals. */
export const flows = `
create table $schema.flow_runs (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  input json not null,
  output json,
  error json,
  thread_id text collate "C",
  parent_id text collate "C",
  stop json,
  created_at timestamptz not null,
  primary key (tenant, id)
);
create index flow_runs_by_creation on $schema.flow_runs (tenant, created_at, seq);
create index flow_runs_by_thread on $schema.flow_runs (tenant, thread_id, created_at, seq)
  where thread_id is not null;
create index flow_runs_by_parent on $schema.flow_runs (tenant, parent_id, created_at, seq)
  where parent_id is not null;

-- One row for each run, with all that changes while it runs and nothing of what it is about: names, numbers and times, so
-- that workers may see the rows of all tenants. due_at is when somebody may claim it: its time, or the end of its lease;
-- null where only an event can wake it, and once it has ended. inbox names the events that were put to it and not taken in:
-- whoever puts one and whoever lets the run rest both change this row, so that no event comes in between unseen.
-- Each step of a run updates its row: the pages have room for its next versions, which then need no index entries.
create table $schema.flow_queue (
  tenant text collate "C" not null,
  id text collate "C" not null,
  graph text collate "C" not null,
  version text collate "C" not null,
  status text collate "C" not null,
  fence bigint not null default 0,
  owner text,
  due_at timestamptz,
  stopping boolean not null default false,
  awaiting text[] collate "C" not null default '{}',
  inbox text[] collate "C" not null default '{}',
  checkpoint bigint not null default 0,
  last_write text collate "C",
  updated_at timestamptz not null,
  primary key (tenant, id)
) with (fillfactor = 50);
create index flow_queue_due on $schema.flow_queue (graph, version, due_at) where due_at is not null;
create index flow_queue_by_status on $schema.flow_queue (tenant, status);

create table $schema.flow_steps (
  tenant text collate "C" not null,
  run_id text collate "C" not null,
  key text collate "C" not null,
  seq bigint generated always as identity,
  value json not null,
  constraint flow_steps_pkey primary key (tenant, run_id, key)
);

create table $schema.flow_checkpoints (
  tenant text collate "C" not null,
  run_id text collate "C" not null,
  number bigint not null,
  delta json not null,
  snapshot json,
  at timestamptz not null,
  primary key (tenant, run_id, number)
);

create table $schema.flow_events (
  tenant text collate "C" not null,
  run_id text collate "C" not null,
  name text collate "C" not null,
  seq bigint generated always as identity,
  payload json not null,
  primary key (tenant, run_id, name)
);

create table $schema.effects (
  tenant text collate "C" not null,
  key text collate "C" not null,
  seq bigint generated always as identity,
  effect text collate "C" not null,
  target text collate "C" not null,
  run_id text collate "C",
  status text collate "C" not null,
  input json not null,
  result json,
  error json,
  attempts bigint not null,
  owner text collate "C",
  lease_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant, key)
);
create index effects_by_creation on $schema.effects (tenant, created_at, seq);
create index effects_open on $schema.effects (tenant, created_at, seq) where status in ('claimed', 'unknown');
create index effects_by_target on $schema.effects (tenant, target, updated_at) where status <> 'failed';
create index effects_by_run on $schema.effects (tenant, run_id, created_at, seq) where run_id is not null;

create table $schema.approvals (
  tenant text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  agent text not null,
  tool text not null,
  call_id text not null,
  run_id text collate "C",
  arguments_hash text collate "C" not null,
  arguments json not null,
  status text collate "C" not null,
  decided_by text,
  decided_at timestamptz,
  reason text,
  edited_arguments json,
  edited_arguments_hash text collate "C",
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant, id)
);
create index approvals_by_request on $schema.approvals (tenant, requested_at, seq);
create index approvals_open on $schema.approvals (tenant, requested_at, seq) where status in ('pending', 'approved');
create index approvals_by_run on $schema.approvals (tenant, run_id, requested_at, seq) where run_id is not null;
${isolation}

-- A worker finds the runs of every tenant and takes them in hand. It neither adds rows nor removes them.
alter table $schema.flow_queue enable row level security;
alter table $schema.flow_queue force row level security;
create policy tenant_isolation on $schema.flow_queue
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));
create policy worker_finds on $schema.flow_queue for select
  using ((select current_setting('salesagent.worker', true)) = 'on');
create policy worker_claims on $schema.flow_queue for update
  using ((select current_setting('salesagent.worker', true)) = 'on')
  with check ((select current_setting('salesagent.worker', true)) = 'on');

-- These two are the only statements that act as a worker: the setting is on while they run, and off again before any other
-- statement of the same transaction. They run with the rights of their caller. The planner is kept to the indexes, since a
-- plan that was made while the table was small would be kept when it has grown.
create function $schema.claim_flows(p_now timestamptz, p_owner text, p_lease_ms bigint, p_limit bigint,
  p_graphs text[], p_versions text[])
returns table (tenant text, id text, graph text, version text, fence bigint)
language plpgsql volatile set enable_seqscan = off set enable_bitmapscan = off as $body$
#variable_conflict use_column
begin
  perform set_config('salesagent.worker', 'on', true);
  return query
    with due as (
      select d.tenant, d.id, d.due_at from unnest(p_graphs, p_versions) as wanted (graph, version)
      cross join lateral (
        select q.tenant, q.id, q.due_at from $schema.flow_queue q
        where q.graph = wanted.graph and q.version = wanted.version and q.due_at <= ${INSTANT}
        order by q.due_at limit p_limit for update skip locked
      ) d
      order by d.due_at limit p_limit
    ),
    claimed as (
      update $schema.flow_queue q set status = 'running', fence = q.fence + 1, owner = p_owner, awaiting = '{}',
        due_at = ${INSTANT} + p_lease_ms * interval '1 millisecond', updated_at = ${INSTANT}
      from due where q.tenant = due.tenant and q.id = due.id
      returning q.tenant, q.id, q.graph, q.version, q.fence, due.due_at
    )
    select c.tenant, c.id, c.graph, c.version, c.fence from claimed c order by c.due_at;
  perform set_config('salesagent.worker', 'off', true);
end $body$;

-- Gives the places, from 1, of the claims that are to be left, and why.
create function $schema.renew_flows(p_now timestamptz, p_lease_ms bigint, p_tenants text[], p_ids text[], p_fences bigint[])
returns table (place bigint, reason text)
language plpgsql volatile set enable_seqscan = off set enable_bitmapscan = off as $body$
#variable_conflict use_column
begin
  perform set_config('salesagent.worker', 'on', true);
  return query
    with held as (
      select q.tenant, q.id, claim.place, q.stopping
      from unnest(p_tenants, p_ids, p_fences) with ordinality as claim (tenant, id, fence, place), $schema.flow_queue q
      where q.tenant = claim.tenant and q.id = claim.id and q.fence = claim.fence and q.status = 'running'
      order by q.tenant, q.id for update of q
    ),
    renewed as (
      update $schema.flow_queue q
      set due_at = greatest(q.due_at, ${INSTANT} + p_lease_ms * interval '1 millisecond')
      from held where q.tenant = held.tenant and q.id = held.id
    )
    select p.place, case when h.place is null then 'fenced' else 'stopped' end
    from generate_series(1, cardinality(p_ids)::bigint) as p (place) left join held h on h.place = p.place
    where h.place is null or h.stopping;
  perform set_config('salesagent.worker', 'off', true);
end $body$;

-- Counts for a gate, after whoever counted for the same target before has committed or rolled back: a snapshot of its own is
-- taken once the lock is held.
create function $schema.count_effects(p_tenant text, p_target text, p_effect text, p_since timestamptz)
returns bigint
language plpgsql volatile as $body$
begin
  perform pg_advisory_xact_lock(hashtextextended('salesagent.effects.' || p_tenant || chr(31) || p_target, 0));
  return (
    select count(*) from $schema.effects e
    where e.tenant = p_tenant and e.target = p_target and (p_effect is null or e.effect = p_effect)
      and e.status <> 'failed' and (e.status = 'claimed' or e.updated_at >= p_since)
  );
end $body$;
`;
