import type { BudgetAmounts } from "@salesagent/ports";
import { reading, type Statement, writing } from "./statement.js";
import type { TableNames } from "./store-context.js";

/** The measures in the order in which a refusal looks at them, and how columns call them. */
export const MEASURE_COLUMNS = {
  nanoUsd: "nano_usd",
  tokens: "tokens",
  calls: "calls",
} as const satisfies Record<keyof BudgetAmounts, string>;

/**
 * Reservations of up to so many claims have a statement for each number of claims. It tells the planner how many rows to
 * expect, which guesses ten for an array: with that, it would plan each call anew and take longer for it than to run it.
 */
const SIZED_RESERVES = 8;

const MEASURES = Object.values(MEASURE_COLUMNS);
const SUMS = MEASURES.flatMap((measure) => [`spent_${measure}`, `held_${measure}`]).join(", ");

/** One term for each measure, with the number of its parameter counted from `first`. */
function each(
  first: number,
  toTerm: (measure: string, parameter: number) => string,
  separator = ", ",
): string {
  return MEASURES.map((measure, index) => toTerm(measure, first + index)).join(separator);
}

/**
 * The SQL of the budget store. The tenant is `$1` everywhere.
 *
 * Statements lock what they change before they judge it, reservations first and then lines in the order of their keys, so
 * that none waits for another in a circle. A locked row is the newest version of it, whatever the statement's snapshot
 * shows, and an update of a locked row starts from that version (read committed; a serialisable transaction fails there
 * instead and is run again).
 */
export interface BudgetStatements {
  /**
   * $2: keys, $3–$5: their limits by measure, $6: id, $7–$9: amounts, $10: end of the lease, $11: when the last window ends,
   * $12: now, $13: when the windows of lines to drop were over, $14: now, also where $12 is null;
   * without $12 and $13 nothing is due. Holds the amounts where nothing is due, all lines are there, all
   * limits allow it and the id is free.
   *
   * Gives one row: `due`, `found` (lines that are there), `kept`, `taken` (of a refusal), and of the first line that
   * refuses its `place` in the keys from 1, its `measure` and its sums.
   */
  readonly reserve: (claimCount: number) => Statement;
  /** $2: keys in order, $3: the ends of their windows, $4: now. Makes the lines that are not there. */
  readonly addLines: Statement;
  /** $2: id, $3–$5: used amounts. Gives the id of the reservation it settled. */
  readonly settle: Statement;
  /** $2: ids, $3: end of the lease. */
  readonly renew: Statement;
  /** $2: now, $3: the most to lapse. Passes over what another process is lapsing or settling. Gives `lapsed`. */
  readonly lapse: Statement;
  /** $2: when the windows of lines to drop were over. Drops reservations that have no other line, too. */
  readonly dropEnded: Statement;
  /** $2: keys, $3: now, $4: when the windows of lines to drop were over. Gives `due` and the lines; at least one row, which may be of no line. */
  readonly read: Statement;
}

export function createBudgetStatements(name: TableNames): BudgetStatements {
  const lines = name("budget_lines");
  const reservations = name("budget_reservations");
  /** Sorted, since the planner expects to find one soon and would else read the table from its start. */
  const due = (now: string, ended: string) => `(
      select lease_until from ${reservations} where tenant = $1 and not lapsed and lease_until <= ${now}::timestamptz
      order by lease_until limit 1
    ) is not null or (
      select ends_at from ${lines} where tenant = $1 and ends_at <= ${ended}::timestamptz order by ends_at limit 1
    ) is not null`;

  const reserveOf = (wanted: string) =>
    writing(`with state as (select ${due("$12", "$13")} as due),
      locked as (
        select key, seq, ${SUMS}, array_position($2::text[], key) as place from ${lines}
        where tenant = $1 and key = any(${wanted}) and not (select due from state) order by key for update
      ),
      judged as (
        select *, case ${each(3, (measure, limit) => `when spent_${measure} + held_${measure} + $${limit + 4} > ($${limit}::bigint[])[place] then '${measure}'`, " ")} end as measure
        from locked
      ),
      kept as (
        insert into ${reservations} (tenant, id, line_keys, line_seqs, ${MEASURES.join(", ")}, lease_until, ends_at)
        select $1, $6, coalesce(array_agg(key), '{}'), coalesce(array_agg(seq), '{}'),
          ${each(7, (_, amount) => `$${amount}::bigint`)}, $10::timestamptz, $11::timestamptz
        from judged
        having count(*) = cardinality($2::text[]) and count(measure) = 0 and not (select due from state)
        on conflict (tenant, id) do nothing returning id
      ),
      held as (
        update ${lines} l set ${each(7, (measure, amount) => `held_${measure} = l.held_${measure} + $${amount}`)},
          reserved_at = greatest(l.reserved_at, $14::timestamptz)
        from locked where l.tenant = $1 and l.key = locked.key and exists (select from kept)
      ),
      refused as (select * from judged where measure is not null order by place limit 1)
      select s.due, (select count(*) from locked) as found, exists (select from kept) as kept,
        r.place is not null and exists (select from ${reservations} where tenant = $1 and id = $6) as taken,
        r.place, r.measure, ${SUMS}
      from state s left join refused r on true`);
  const reserveMany = reserveOf("$2::text[]");
  const bySize = Array.from({ length: SIZED_RESERVES }, (_, last) => {
    const keys = Array.from({ length: last + 1 }, (_, index) => `($2::text[])[${index + 1}]`);
    return reserveOf(`array[${keys.join(", ")}]`);
  });

  return {
    reserve: (count) => bySize[count - 1] ?? reserveMany,
    addLines: writing(`insert into ${lines} (tenant, key, ends_at, reserved_at)
      select $1, c.key, c.ends_at, $4 from unnest($2::text[], $3::timestamptz[]) as c (key, ends_at)
      on conflict (tenant, key) do nothing`),
    settle: writing(`with settled as (delete from ${reservations} where tenant = $1 and id = $2 returning *),
      locked as (
        select l.key, s.lapsed, ${each(0, (measure) => `s.${measure}`)}
        from settled s, unnest(s.line_keys, s.line_seqs) as part (key, seq), ${lines} l
        where l.tenant = $1 and l.key = part.key and l.seq = part.seq order by l.key for update of l
      ),
      booked as (
        update ${lines} l set ${each(
          3,
          (
            measure,
            used,
          ) => `spent_${measure} = l.spent_${measure} + $${used} - case when k.lapsed then k.${measure} else 0 end,
          held_${measure} = l.held_${measure} - case when k.lapsed then 0 else k.${measure} end`,
        )}
        from locked k where l.tenant = $1 and l.key = k.key
      )
      select id from settled`),
    renew: writing(`with open as (
        select id from ${reservations} where tenant = $1 and id = any($2::text[]) and not lapsed order by id for update
      )
      update ${reservations} r set lease_until = greatest(r.lease_until, $3::timestamptz)
      from open where r.tenant = $1 and r.id = open.id`),
    lapse: writing(`with over as (
        select * from ${reservations} where tenant = $1 and not lapsed and lease_until <= $2
        order by lease_until limit $3 for update skip locked
      ),
      marked as (
        update ${reservations} r set lapsed = true from over where r.tenant = $1 and r.id = over.id
      ),
      parts as (
        select part.key, part.seq, ${each(0, (measure) => `sum(o.${measure})::bigint as ${measure}`)}
        from over o, unnest(o.line_keys, o.line_seqs) as part (key, seq) group by part.key, part.seq
      ),
      locked as (
        select p.* from parts p, ${lines} l
        where l.tenant = $1 and l.key = p.key and l.seq = p.seq order by l.key for update of l
      ),
      booked as (
        update ${lines} l set ${each(0, (measure) => `spent_${measure} = l.spent_${measure} + k.${measure}, held_${measure} = l.held_${measure} - k.${measure}`)}
        from locked k where l.tenant = $1 and l.key = k.key
      )
      select count(*) as lapsed from over`),
    dropEnded: writing(`with ended as (
        select key from ${lines} where tenant = $1 and ends_at <= $2 order by key for update
      ),
      dropped as (delete from ${lines} l using ended where l.tenant = $1 and l.key = ended.key),
      forgotten as (
        select id from ${reservations} where tenant = $1 and ends_at <= $2 for update skip locked
      )
      delete from ${reservations} r using forgotten where r.tenant = $1 and r.id = forgotten.id`),
    read: reading(`select state.due, l.key, ${SUMS} from (select ${due("$3", "$4")} as due) state
      left join ${lines} l on l.tenant = $1 and l.key = any($2::text[])`),
  };
}
