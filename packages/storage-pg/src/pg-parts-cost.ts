import type { PartsCost } from "@salesagent/ports";
import { fromNanoUsd } from "@salesagent/ports/store-rules";
import { number, optional, type Row, text } from "./columns.js";
import { plannedAnew, reading, type Statement } from "./statement.js";

/** What direct parts of runs cost: $1: tenant, $2: ids of the runs. Part by part: a plan with a join may read all runs. */
export function createPartsCostStatement(runs: string, modelCalls: string): Statement {
  const costOfCalls = `select case when count(*) = count(c.cost_nano_usd) then coalesce(sum(c.cost_nano_usd), 0) end
    from ${modelCalls} c where c.tenant = $1 and c.run_id = r.id`;
  return plannedAnew(
    reading(`select wanted.id, part.count, part.cost_nano_usd
      from unnest($2::text[]) with ordinality as wanted (id, place)
      cross join lateral (
        select count(*) as count,
          case when count(*) = count(one.cost) then sum(one.cost) end as cost_nano_usd
        from (
          select coalesce(r.cost_nano_usd, (${costOfCalls})) as cost
          from ${runs} r where r.tenant = $1 and r.parent_run_id = wanted.id
        ) one
      ) part
      where part.count > 0 order by wanted.place`),
  );
}

export function fromPartsCostRow(row: Row): PartsCost {
  return {
    ...{ parentRunId: text(row, "id"), parts: number(row, "count") },
    ...optional("costUsd", row, "cost_nano_usd", (from, column) => fromNanoUsd(number(from, column))),
  };
}
