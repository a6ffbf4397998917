/** Now, by the clock of the store or of the server. */
const INSTANT = "coalesce(p_now, date_trunc('milliseconds', statement_timestamp()))";

/** The planner is kept to the indexes, since a plan that was made while a table was small would be kept when it has grown. */
const BY_INDEXES = `set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
  set enable_mergejoin = off`;
/** And to an index that has the wanted order. */
const IN_ORDER = `${BY_INDEXES} set enable_sort = off`;

/** And to where rows lie. */
const BY_PLACE = `${BY_INDEXES} set enable_indexscan = off set enable_indexonlyscan = off`;

/** What finds and takes rows of tables that grow from nothing to millions; each runs with the rights of its caller. */
export const syncFunctions = `
create function $schema.get_records(p_tenant text, p_kind text, p_ids text[])
returns setof $schema.records
language plpgsql stable ${BY_INDEXES} as $body$
begin
  return query
    select r.* from unnest(p_ids) as wanted (id) cross join lateral (
      select * from $schema.records r where r.tenant = p_tenant and r.kind = p_kind and r.id = wanted.id
      offset 0
    ) r;
end $body$;

-- It may give too much: keys are looked for by their hashes.
create function $schema.find_records(p_tenant text, p_kind text, p_keys text[])
returns setof $schema.records
language plpgsql stable ${BY_INDEXES} as $body$
begin
  return query
    select r.* from $schema.get_records(p_tenant, p_kind, array(
      select distinct k.record_id from $schema.record_keys k
      where k.tenant = p_tenant and k.key_hash = any(array(
        select hashtextextended(p_tenant || chr(31) || p_kind || chr(31) || wanted.key, 0) from unnest(p_keys) as wanted (key)
      ))
    )) r;
end $body$;

create function $schema.find_links(p_tenant text, p_connection text, p_kind text, p_record_ids text[], p_crm_ids text[])
returns setof $schema.crm_links
language plpgsql stable ${BY_INDEXES} as $body$
begin
  return query
    select l.* from unnest(p_record_ids) as wanted (id) cross join lateral (
      select * from $schema.crm_links l
      where l.tenant = p_tenant and l.connection = p_connection and l.kind = p_kind and l.record_id = wanted.id
      offset 0
    ) l;
  return query
    select l.* from unnest(p_crm_ids) as wanted (id) cross join lateral (
      select * from $schema.crm_links l
      where l.tenant = p_tenant and l.connection = p_connection and l.kind = p_kind and l.crm_id = wanted.id
      offset 0
    ) l;
end $body$;

create function $schema.drop_record_keys(p_tenant text, p_hashes bigint[], p_record_ids text[])
returns void
language plpgsql volatile ${BY_INDEXES} as $body$
begin
  delete from $schema.record_keys k using unnest(p_hashes, p_record_ids) as gone (key_hash, record_id)
  where k.key_hash = gone.key_hash and k.tenant = p_tenant and k.record_id = gone.record_id;
end $body$;

-- What takes rows locks them first and then changes them by where they lie: of a table that nobody has analysed the planner may
-- believe that one row in thousands is of a tenant and a connection, and read all of these to join them.
create function $schema.lease_links(p_tenant text, p_rows tid[], p_until timestamptz)
returns setof $schema.crm_links
language plpgsql volatile ${BY_PLACE} as $body$
begin
  return query
    with leased as (
      update $schema.crm_links l set revision = l.revision + 1, due_at = null, lease_until = p_until
      from unnest(p_rows) with ordinality as due (row_id, place)
      where l.ctid = due.row_id and l.tenant = p_tenant
      returning l as link, due.place
    )
    select (c.link).* from leased c order by c.place;
end $body$;

create function $schema.claim_links(p_tenant text, p_connection text, p_kinds text[], p_now timestamptz,
  p_lease_ms bigint, p_limit bigint)
returns setof $schema.crm_links
language plpgsql volatile ${IN_ORDER} as $body$
declare
  v_rows tid[];
begin
  v_rows := array(
    select d.ctid from unnest(p_kinds) as wanted (kind) cross join lateral (
      select l.ctid, coalesce(l.lease_until, l.due_at) as next_at from $schema.crm_links l
      where l.tenant = p_tenant and l.connection = p_connection and l.kind = wanted.kind
        and coalesce(l.lease_until, l.due_at) <= ${INSTANT}
      order by coalesce(l.lease_until, l.due_at) limit p_limit for update skip locked
    ) d
    order by d.next_at limit p_limit
  );
  return query select * from $schema.lease_links(p_tenant, v_rows,
    ${INSTANT} + p_lease_ms * interval '1 millisecond');
end $body$;

create function $schema.rouse_links(p_tenant text, p_rows tid[], p_due_at timestamptz)
returns void
language plpgsql volatile ${BY_PLACE} as $body$
begin
  update $schema.crm_links l set due_at = p_due_at
  where l.ctid = any(p_rows) and l.tenant = p_tenant and l.state not in ('removed', 'erased')
    and (l.due_at is null or l.due_at > p_due_at);
end $body$;

-- Gives how many links it found. It waits for whoever claims or writes one of them, and looks at what is there then.
create function $schema.hint_links(p_tenant text, p_connection text, p_kind text, p_due_at timestamptz,
  p_record_ids text[], p_crm_ids text[])
returns bigint
language plpgsql volatile ${BY_INDEXES} as $body$
declare
  v_ids text[];
  v_rows tid[];
begin
  v_ids := array(
    select distinct l.record_id from $schema.find_links(p_tenant, p_connection, p_kind, p_record_ids, p_crm_ids) l
    where l.state not in ('removed', 'erased') order by l.record_id
  );
  v_rows := array(
    select found.ctid from unnest(v_ids) as wanted (id) cross join lateral (
      select l.ctid from $schema.crm_links l
      where l.tenant = p_tenant and l.connection = p_connection and l.kind = p_kind and l.record_id = wanted.id
      offset 0 for update
    ) found
  );
  perform $schema.rouse_links(p_tenant, v_rows, p_due_at);
  return cardinality(v_ids);
end $body$;

create function $schema.claim_inbox(p_tenant text, p_source text, p_now timestamptz, p_lease_ms bigint, p_limit bigint)
returns setof $schema.inbox
language plpgsql volatile ${IN_ORDER} as $body$
begin
  return query
    with waiting as (
      select i.id from $schema.inbox i
      where i.tenant = p_tenant and i.source = p_source and i.status = 'received' and i.rests_until <= ${INSTANT}
      order by i.received_at, i.seq limit p_limit for update skip locked
    ),
    claimed as (
      update $schema.inbox i set attempts = i.attempts + 1,
        rests_until = ${INSTANT} + p_lease_ms * interval '1 millisecond'
      from waiting where i.tenant = p_tenant and i.id = waiting.id
      returning i as entry
    )
    select (c.entry).* from claimed c order by (c.entry).received_at, (c.entry).seq;
end $body$;
`;
