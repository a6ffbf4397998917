import type { FlowRecord } from "@salesagent/ports";
import { toErasedFlow } from "@salesagent/ports/store-rules";
import { createBulkSource } from "../bulk-source.js";
import { json, optional, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import type { RecordColumn } from "../record-columns.js";
import { reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { leaseTime, toLeaseTime } from "../store-time.js";
import { createFlowFinder } from "./flow-finder.js";
import type { PersonSearch } from "./person-search.js";
import type { Eraser } from "./table-eraser.js";

const STORE = "flows";
const REASON = "What it held of a person was erased.";

/** What stays of a run of a graph beside names and times, and whether all else is gone already. */
interface FlowRest extends Pick<FlowRecord, "id" | "threadId" | "error" | "stop"> {
  readonly isOpen: boolean;
  readonly isBlank: boolean;
}

const REST_FIELDS = ["id", "thread_id", "error", "stop", "ended_at is null as is_open"].join(", ");
const IS_BLANK = "cleared and input::text = 'null' and output is null as is_blank";

function fromRestRow(row: Row): FlowRest {
  return {
    id: text(row, "id"),
    ...optional("threadId", row, "thread_id", text),
    ...optional("error", row, "error", json<NonNullable<FlowRecord["error"]>>),
    ...optional("stop", row, "stop", json<NonNullable<FlowRecord["stop"]>>),
    isOpen: text(row, "is_open") === "t",
    isBlank: text(row, "is_blank") === "t",
  };
}

const LEFT: readonly RecordColumn<FlowRest>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "thread_id", type: "text", read: ({ threadId }) => threadId },
  { name: "error", type: "optional json", read: ({ error }) => error },
  { name: "stop", type: "optional json", read: ({ stop }) => stop },
];

interface FlowEraserStatements {
  /** $1: tenant, $2: ids. Gives the rest of runs; `lock` locks them against whoever works on them. */
  readonly read: Statement;
  readonly lock: Statement;
  /** $1: tenant, $2: ids, $3: now. Ends runs that go on, and fences their workers. */
  readonly end: Statement;
  /** $1: tenant, from $2: what is left of runs. */
  readonly change: Statement;
  readonly toLeftValues: (left: readonly FlowRest[]) => readonly unknown[];
  /** $1: tenant, $2: ids. Drops what runs went on from. */
  readonly clear: Statement;
}

function createFlowEraserStatements(name: TableNames): FlowEraserStatements {
  const [runs, queue] = [name("flow_runs"), name("flow_queue")];
  const left = createBulkSource(LEFT, 2);
  const select = `select ${REST_FIELDS}, ${IS_BLANK} from ${runs} r join ${queue} q using (tenant, id)
    where tenant = $1 and id = any($2::text[])`;
  const clear = (table: string) =>
    `delete from ${name(table)} where tenant = $1 and run_id = any($2::text[])`;
  const now = leaseTime("$3");
  return {
    read: reading(select),
    lock: writing(`${select} order by id for update of q`),
    end: writing(`update ${queue} set fence = fence + case when ended_at is null then 1 else 0 end,
        status = case when ended_at is null then 'cancelled' else status end,
        updated_at = case when ended_at is null then ${now} else updated_at end, ended_at = coalesce(ended_at, ${now}),
        due_at = null, owner = null, awaiting = '{}', inbox = '{}', last_write = null, cleared = true
      where tenant = $1 and id = any($2::text[])`),
    change:
      writing(`update ${runs} t set input = 'null', output = null, (${left.names}) = row (${left.selected})
      from ${left.from} where t.tenant = $1 and t.id = r.id`),
    toLeftValues: left.toValues,
    clear: writing(`with steps as (${clear("flow_steps")}), events as (${clear("flow_events")})
      ${clear("flow_checkpoints")}`),
  };
}

/** Runs of graphs: each goes whole where a part of it is about the person, and its record stays. */
export function createFlowEraser(name: TableNames): Eraser {
  const statements = createFlowEraserStatements(name);
  const visit = createFlowFinder(name);

  return {
    store: STORE,
    async find(search) {
      const found = new Set<string>();
      await visit(search, async (ids) => {
        const { tenant, executor } = search.context;
        const rows = await executor.run(STORE, statements.read, [tenant, ids], search.call);
        for (const rest of rows.map(fromRestRow)) if (isChanged(rest, search)) found.add(rest.id);
        return 0;
      });
      return found.size;
    },
    erase: (search) =>
      visit(search, (ids) =>
        search.context.executor.together(STORE, (within) => eraseRuns(within, search, ids), search.call),
      ),
  };

  async function eraseRuns(within: Executor, search: PersonSearch, ids: readonly string[]): Promise<number> {
    const { tenant, clock } = search.context;
    await search.keepToKeys(within);
    const rows = await within.run(STORE, statements.lock, [tenant, ids], undefined);
    const left = rows
      .map(fromRestRow)
      .filter((rest) => isChanged(rest, search))
      .map((rest) => toLeft(rest, search));
    if (left.length === 0) return 0;
    const changed = left.map(({ id }) => id);
    await within.run(STORE, statements.end, [tenant, changed, toLeaseTime(clock)], undefined);
    await within.run(STORE, statements.change, [tenant, ...statements.toLeftValues(left)], undefined);
    await within.run(STORE, statements.clear, [tenant, changed], undefined);
    return changed.length;
  }
}

function isChanged(rest: FlowRest, { person }: PersonSearch): boolean {
  return !rest.isBlank || toErasedFlow(rest, person.mentions) !== rest;
}

function toLeft(rest: FlowRest, { person, instant }: PersonSearch): FlowRest {
  const left = toErasedFlow(rest, person.mentions);
  if (!left.isOpen) return left;
  return { ...left, stop: left.stop ?? { by: "erasure", reason: REASON, at: instant } };
}
