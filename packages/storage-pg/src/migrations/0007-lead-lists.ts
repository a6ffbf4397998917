import { CAPITAL, SMALL } from "./0007-letter-cases.js";

const TABLES = ["lead_words", "lead_scores"];

const isolation = TABLES.map(
  (table) => `
alter table $schema.${table} enable row level security;
alter table $schema.${table} force row level security;
create policy tenant_isolation on $schema.${table}
  using (tenant = (select current_setting('salesagent.tenant', true)))
  with check (tenant = (select current_setting('salesagent.tenant', true)));`,
).join("\n");

/** The planner is kept to the indexes, since a plan that was made while a table was small would be kept when it has grown. */
const BY_INDEXES = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off";

const SEPARATORS =
  "[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u3000-\\u303f]+";

/** The words of a lead, each once, for `cross join lateral`. Letters are folded by a list of our own: what `lower` knows is up to the database. */
const wordsOf = (lead: string): string => `(
    select distinct left(part, 64) as word
    from unnest(array[${lead}.company ->> 'name', ${lead}.company ->> 'domain', ${lead}.contact ->> 'firstName',
      ${lead}.contact ->> 'lastName', ${lead}.contact ->> 'fullName', ${lead}.contact ->> 'email']) as field
    cross join lateral (select left(field, 500) as said) as cut
    cross join lateral regexp_split_to_table(lower(case when octet_length(said) = length(said) then said
      else translate(said, '${CAPITAL}', '${SMALL}') end), '${SEPARATORS}') as part
    where part <> ''
  )`;

const keepWords = (leads: string): string => `insert into $schema.lead_words (tenant, word, lead_seq)
  select l.tenant, w.word, l.seq from ${leads} l cross join lateral ${wordsOf("l")} w;`;

const dropWords = (leads: string): string => `delete from $schema.lead_words k
  using ${leads} l cross join lateral ${wordsOf("l")} w
  where k.tenant = l.tenant and k.word = w.word and k.lead_seq = l.seq;`;

const SCORED = "tenant, lead_seq, score, rank, tier, created_at, result_seq";

/** What `lead_scores` holds of a result of a lead. */
const scoredOf = (lead: string, result: string): string => `${lead}.tenant, ${lead}.seq, ${result}.score,
    round(least(greatest(${result}.score, 0), 100) * 1000000)::bigint, ${result}.tier, ${result}.created_at, ${result}.seq`;

const newestFirst = (lead: string, result: string): string =>
  `${lead}.tenant, ${lead}.seq, ${result}.created_at desc, ${result}.seq desc`;

/** What lists of leads and of runs are read by: words of leads, their newest scores, parts of runs. */
export const leadLists = `
-- What a lead is searched by. A table of words and not an index of texts: of the comparisons that may come before row-level
-- security, those of plain values alone are to be had.
create table $schema.lead_words (
  tenant text collate "C" not null,
  word text collate "C" not null,
  lead_seq bigint not null,
  primary key (tenant, word, lead_seq)
);

-- The newest qualification of each lead that has one. rank is the score in whole millionths.
create table $schema.lead_scores (
  tenant text collate "C" not null,
  lead_seq bigint not null,
  score double precision,
  rank bigint,
  tier text,
  created_at timestamptz not null,
  result_seq bigint not null,
  primary key (tenant, lead_seq)
);
create index lead_scores_by_rank on $schema.lead_scores (tenant, rank, lead_seq) where rank is not null;
create index runs_by_parent on $schema.runs (tenant, parent_run_id) where parent_run_id is not null;
${isolation}

-- Whoever may write leads keeps these tables too, by the triggers below.
do $body$
declare
  given record;
begin
  for given in
    select distinct a.grantee, a.privilege_type from pg_catalog.pg_class c, aclexplode(c.relacl) a
    where c.oid = '$schema.leads'::regclass and a.grantee <> c.relowner
      and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  loop
    execute 'grant ' || given.privilege_type || ' on $schema.lead_words, $schema.lead_scores to '
      || case when given.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(given.grantee)) end;
  end loop;
end $body$;

-- Triggers, so that a process of an earlier version keeps words and scores too. They run with the rights of their caller.
create function $schema.keep_lead_words() returns trigger
language plpgsql ${BY_INDEXES} as $body$
begin
  ${keepWords("added")}
  return null;
end $body$;
create trigger keep_words after insert on $schema.leads
  referencing new table as added for each statement execute function $schema.keep_lead_words();

create function $schema.change_lead_words() returns trigger
language plpgsql ${BY_INDEXES} as $body$
begin
  ${dropWords("(select old.tenant, old.seq, old.company, old.contact)")}
  ${keepWords("(select new.tenant, new.seq, new.company, new.contact)")}
  return null;
end $body$;
create trigger change_words after update on $schema.leads for each row
  when (old.company::text <> new.company::text or old.contact::text is distinct from new.contact::text)
  execute function $schema.change_lead_words();

create function $schema.drop_lead_lists() returns trigger
language plpgsql ${BY_INDEXES} as $body$
begin
  ${dropWords("gone")}
  delete from $schema.lead_scores s using gone where s.tenant = gone.tenant and s.lead_seq = gone.seq;
  return null;
end $body$;
create trigger drop_lists after delete on $schema.leads
  referencing old table as gone for each statement execute function $schema.drop_lead_lists();

-- Of two at once, the newer result stays, whoever comes last.
create function $schema.keep_lead_scores() returns trigger
language plpgsql ${BY_INDEXES} as $body$
begin
  insert into $schema.lead_scores as s (${SCORED})
  select distinct on (l.tenant, l.seq) ${scoredOf("l", "r")}
  from written r cross join lateral (
    select l.tenant, l.seq from $schema.leads l where l.tenant = r.tenant and l.id = r.lead_id offset 0
  ) l
  where r.kind = 'qualification' order by ${newestFirst("l", "r")}
  on conflict (tenant, lead_seq) do update set score = excluded.score, rank = excluded.rank, tier = excluded.tier,
    created_at = excluded.created_at, result_seq = excluded.result_seq
  where (excluded.created_at, excluded.result_seq) >= (s.created_at, s.result_seq);
  return null;
end $body$;
create trigger keep_scores after insert on $schema.results
  referencing new table as written for each statement execute function $schema.keep_lead_scores();
create trigger change_scores after update on $schema.results
  referencing new table as written for each statement execute function $schema.keep_lead_scores();

create function $schema.drop_lead_scores() returns trigger
language plpgsql ${BY_INDEXES} as $body$
begin
  delete from $schema.lead_scores s using gone r, $schema.leads l
  where l.tenant = r.tenant and l.id = r.lead_id and s.tenant = l.tenant and s.lead_seq = l.seq and s.result_seq = r.seq;
  insert into $schema.lead_scores (${SCORED})
  select ${scoredOf("l", "r")}
  from (select distinct tenant, lead_id from gone where kind = 'qualification') g
  join $schema.leads l on l.tenant = g.tenant and l.id = g.lead_id
  cross join lateral (
    select * from $schema.results r where r.tenant = g.tenant and r.lead_id = g.lead_id and r.kind = 'qualification'
    order by r.created_at desc, r.seq desc limit 1
  ) r
  on conflict do nothing;
  return null;
end $body$;
create trigger drop_scores after delete on $schema.results
  referencing old table as gone for each statement execute function $schema.drop_lead_scores();

alter table $schema.leads no force row level security;
alter table $schema.results no force row level security;
alter table $schema.lead_words no force row level security;
alter table $schema.lead_scores no force row level security;
${keepWords("$schema.leads")}
insert into $schema.lead_scores (${SCORED})
select distinct on (l.tenant, l.seq) ${scoredOf("l", "r")}
from $schema.results r join $schema.leads l on l.tenant = r.tenant and l.id = r.lead_id
where r.kind = 'qualification' order by ${newestFirst("l", "r")};
alter table $schema.leads force row level security;
alter table $schema.results force row level security;
alter table $schema.lead_words force row level security;
alter table $schema.lead_scores force row level security;
`;
