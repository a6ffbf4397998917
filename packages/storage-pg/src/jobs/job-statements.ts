import { quote } from "../migrate.js";
import { reading, writing } from "../statement.js";

/** The queue of pg-boss in which schedules wait for their times; no queue of a host has such a name. */
export const SCHEDULES = "__schedules";

/** Marks the data of a job that runs and is not to be kept when it ends. */
export const FORGOTTEN = "forgotten";

/** The SQL of a job engine. The tables are those of pg-boss; rows of jobs that are done are deleted. */
export function createJobStatements(schema: string) {
  const job = `${quote(schema)}.job`;
  const queue = `${quote(schema)}.queue`;
  const lock = `pg_advisory_xact_lock(hashtextextended('salesagent.jobs.${schema}', 0))`;
  const tell = (wait: string, name: string) => `pg_notify('${channelOf(schema)}', ${wait} || ' ' || ${name})`;
  const state = (condition: string, yes: string, no: string) =>
    `case when ${condition} then '${yes}' else '${no}' end::${quote(schema)}.job_state`;

  const isHeld = "j.name = $1 and j.id = e.id and j.retry_count = e.tries and j.state = 'active'";
  const isLost = "j.name = $1 and j.state = 'active' and j.started_on + j.expire_in < now()";
  const isForgotten = `j.data ? '${FORGOTTEN}'`;
  return {
    lock,
    hasIndexes: reading(`select 1 as found from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = 'salesagent_dead'`),
    // made on the partitioned table, so that queues which are made later have them too
    createIndexes: `begin; select ${lock};
      create index if not exists salesagent_next on ${job} (priority desc, created_on, id) where state < 'active';
      create index if not exists salesagent_running on ${job} (id) where state = 'active';
      create index if not exists salesagent_dead on ${job} (completed_on, id) where state = 'failed';
      commit;`,
    findQueues: reading(`select name from ${queue} where name = any($1::text[])`),
    createQueue: writing(`with locked as materialized (select ${lock})
      select ${quote(schema)}.create_queue($1, '{"policy": "standard"}'::json) from locked`),
    askAgain: writing(
      "do $$ begin raise exception 'a queue was made meanwhile' using errcode = 'serialization_failure'; end $$",
    ),
    // singleton_key with singleton_on is unique in a queue for as long as the row is there
    enqueue: writing(`with asked as (
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::float8[], $7::text[])
          with ordinality as a (id, queue, tenant, payload, priority, delay_ms, key, place)
      ), taken as (
        insert into ${job} (id, name, data, priority, start_after, created_on, singleton_key, singleton_on, expire_in,
          retry_limit, keep_until)
        select id, queue, jsonb_build_object('tenant', tenant, 'payload', payload, 'key', key), priority,
          now() + delay_ms * interval '1 millisecond', now() + place * interval '1 microsecond',
          tenant || E'\\n' || key, case when key is not null then timestamp 'epoch' end,
          $8::float8 * interval '1 millisecond', 0, 'infinity'
        from asked order by place
        on conflict do nothing
        returning id, name, start_after
      ), told as (
        select ${tell("greatest(0, ceil(extract(epoch from min(start_after) - now()) * 1000))::text", "name")}
        from taken group by name
      )
      select id, (select count(*) from told) as told from taken`),
    finish: writing(`delete from ${job} j using unnest($2::uuid[], $3::int[]) as e (id, tries)
      where ${isHeld}`),
    // without a wait, it failed for good, and its key is free
    fail: writing(`with forgotten as (
        delete from ${job} j using unnest($2::uuid[], $3::int[]) as e (id, tries)
        where ${isHeld} and ${isForgotten}
      ) update ${job} j set state = ${state("e.wait_ms is null", "failed", "retry")},
        start_after = now() + coalesce(e.wait_ms, 0) * interval '1 millisecond',
        completed_on = case when e.wait_ms is null then now() end,
        singleton_on = case when e.wait_ms is not null then j.singleton_on end,
        output = jsonb_build_object('code', e.code, 'message', e.message)
      from unnest($2::uuid[], $3::int[], $4::float8[], $5::text[], $6::text[]) as e (id, tries, wait_ms, code, message)
      where ${isHeld} and not ${isForgotten}`),
    // pg-boss counts a try when it fetches what has begun before, so this one is not counted
    giveBack: writing(`with forgotten as (
        delete from ${job} j using unnest($2::uuid[], $3::int[]) as e (id, tries)
        where ${isHeld} and ${isForgotten}
      ), given as (
        update ${job} j set state = ${state("j.retry_count = 0", "created", "retry")},
          started_on = case when j.retry_count > 0 then j.started_on end,
          retry_count = greatest(0, j.retry_count - 1)
        from unnest($2::uuid[], $3::int[]) as e (id, tries)
        where ${isHeld} and not ${isForgotten}
        returning j.name
      ) select ${tell("'0'", "name")} from given limit 1`),
    renew: writing(`update ${job} j set started_on = now() from unnest($2::uuid[], $3::int[]) as e (id, tries)
      where ${isHeld} returning j.id`),
    recover: writing(`with forgotten as (
        delete from ${job} j where ${isLost} and ${isForgotten}
      ), lost as (
        update ${job} j set state = ${state("retry_count >= $2::int", "failed", "retry")}, start_after = now(),
          completed_on = case when retry_count >= $2::int then now() end,
          singleton_on = case when retry_count < $2::int then singleton_on end,
          output = jsonb_build_object('code', 'job.unavailable', 'message', $3::text)
        where ${isLost} and not ${isForgotten}
        returning name
      ) select ${tell("'0'", "name")} from lost limit 1`),
    nextDue: reading(`select ceil(extract(epoch from min(start_after) - now()) * 1000)::text as wait
      from ${job} where name = $1 and state < 'active'`),
    counts: reading(`select name, count(*) filter (where state < 'active') as waiting,
        count(*) filter (where state = 'active') as running
      from ${job} where state <= 'active' and name <> '${SCHEDULES}' group by name order by name collate "C"`),
    listDead:
      reading(`select id, name, data, retry_count, output, floor(extract(epoch from completed_on) * 1000000) as failed_at
      from ${job} where state = 'failed' and ($1::text is null or name = $1) and ($2::text is null or data->>'tenant' = $2)
        and (floor(extract(epoch from completed_on) * 1000000), right(id::text, 12)) > ($3::numeric, $4::text)
      order by floor(extract(epoch from completed_on) * 1000000), right(id::text, 12) limit $5`),
    replay: writing(`with replayed as (
        update ${job} set state = 'created', retry_count = 0, started_on = null, completed_on = null, output = null,
          start_after = now(), created_on = now(),
          singleton_on = case when singleton_key is not null then timestamp 'epoch' end
        where state = 'failed' and id = $1::uuid returning name
      ) select ${tell("'0'", "name")} from replayed`),
    discard: writing(`delete from ${job} where state = 'failed' and id = $1::uuid returning id`),
    // the time of a schedule that stays as it was is kept, or else a process that starts just then would pass it over
    putSchedule: writing(`with put as (
        insert into ${job} (id, name, data, start_after, retry_limit, keep_until)
        values ($1::uuid, '${SCHEDULES}', $2::jsonb, to_timestamp($3::float8 / 1000), 0, 'infinity')
        on conflict (name, id) do update set data = excluded.data,
          start_after = case when job.data->'cron' = excluded.data->'cron' and job.data->'zone' = excluded.data->'zone'
            then job.start_after else excluded.start_after end
        returning name
      ) select ${tell("'0'", "name")} from put`),
    removeSchedule: writing(`delete from ${job} where name = '${SCHEDULES}' and id = $1::uuid`),
    dueSchedules: writing(`select id, data, round(extract(epoch from start_after) * 1000) as due from ${job}
      where name = '${SCHEDULES}' and start_after <= to_timestamp($1::float8 / 1000)
      order by start_after limit 50 for update skip locked`),
    moveSchedules: writing(`update ${job} j set start_after = to_timestamp(e.due / 1000)
      from unnest($1::uuid[], $2::float8[]) as e (id, due) where j.name = '${SCHEDULES}' and j.id = e.id`),
    nextSchedule: reading(`select round(extract(epoch from min(start_after)) * 1000) as due
      from ${job} where name = '${SCHEDULES}' and state = 'created'`),
  };
}

export type JobStatements = ReturnType<typeof createJobStatements>;

/** Where workers are told of jobs: how many milliseconds until the first is due, a space, and the queue. */
export function channelOf(schema: string): string {
  return `${schema}_wake`;
}
