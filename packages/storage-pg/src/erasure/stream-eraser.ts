import type { StreamRecord } from "@salesagent/ports";
import { isEventAbout, isStreamOf, toErasedStream } from "@salesagent/ports/store-rules";
import { createBulkSource } from "../bulk-source.js";
import { json, number, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import type { RecordColumn } from "../record-columns.js";
import { reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { type EventPairs, fromStreamRow, STREAM_FIELDS } from "../streams/stream-rows.js";
import { createFlowFinder, type RunVisitor } from "./flow-finder.js";
import { selectByKeys, toKeyValues } from "./keyed-rows.js";
import { createCandidates, type PersonSearch } from "./person-search.js";
import { createRunFinder } from "./run-finder.js";
import type { Eraser } from "./table-eraser.js";

const STORE = "streams";
const EVENT_KEY = [
  { name: "stream_id", type: "text" },
  { name: "last", type: "bigint" },
];

/** A stream, and up to where its events are missing. */
interface GoneStream extends StreamRecord {
  readonly gone: number;
}

const LEFT: readonly RecordColumn<GoneStream>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "gone", type: "bigint", read: ({ gone }) => gone },
  { name: "thread_id", type: "text", read: ({ threadId }) => threadId },
  { name: "started_by", type: "text", read: ({ startedBy }) => startedBy },
  { name: "error", type: "optional json", read: ({ error }) => error },
  { name: "stop", type: "optional json", read: ({ stop }) => stop },
];

interface StreamEraserStatements {
  /** $1: tenant. Gives a row where there are events at all. */
  readonly isAny: Statement;
  /** $1: tenant, $2: ids; `lock` locks the streams against whoever appends to them. */
  readonly read: Statement;
  readonly lock: Statement;
  /** $1: tenant, from $2: what is left of streams. */
  readonly change: Statement;
  readonly toLeftValues: (left: readonly GoneStream[]) => readonly unknown[];
  /** $1: tenant, $2: ids. Drops the events of streams. */
  readonly clear: Statement;
}

function createStreamEraserStatements(name: TableNames): StreamEraserStatements {
  const [streams, events] = [name("streams"), name("stream_events")];
  const left = createBulkSource(LEFT, 2);
  const select = `select ${STREAM_FIELDS}, gone from ${streams} s where tenant = $1 and id = any($2::text[])`;
  return {
    isAny: reading(`select 1 as found from ${events} where tenant = $1 limit 1`),
    read: reading(select),
    lock: writing(`${select} order by id for update`),
    change: writing(`update ${streams} t set (${left.names}) = row (${left.selected})
      from ${left.from} where t.tenant = $1 and t.id = r.id`),
    toLeftValues: left.toValues,
    clear: writing(`delete from ${events} where tenant = $1 and stream_id = any($2::text[])`),
  };
}

/** Streams: each loses its events where one of them, or what it tells of, is about the person, and its record stays. */
export function createStreamEraser(name: TableNames): Eraser {
  const statements = createStreamEraserStatements(name);
  const visitors = [createEventVisitor(name), createRunFinder(name), createFlowFinder(name)];
  const visitStreams = createStreamVisitor(name);

  /** @param act - Is told whether all these streams are the person's, whatever their records say. */
  const visit = async (
    search: PersonSearch,
    act: (ids: readonly string[], areTheirs: boolean) => Promise<number>,
  ) => {
    const { tenant, executor } = search.context;
    let acted = 0;
    const isAny = (await executor.run(STORE, statements.isAny, [tenant], search.call)).length > 0;
    for (const each of isAny ? visitors : []) acted += await each(search, (ids) => act(ids, true));
    return acted + (await visitStreams(search, (ids) => act(ids, false)));
  };

  return {
    store: STORE,
    async find(search) {
      const { tenant, executor } = search.context;
      const found = new Set<string>();
      await visit(search, async (ids, areTheirs) => {
        const rows = await executor.run(STORE, statements.read, [tenant, ids], search.call);
        for (const { id } of toChanged(rows, search, areTheirs)) found.add(id);
        return 0;
      });
      return found.size;
    },
    async erase(search) {
      const changed = new Set<string>();
      await visit(search, (ids, areTheirs) =>
        search.context.executor.together(
          STORE,
          (within) => eraseStreams(within, search, ids, areTheirs, changed),
          search.call,
        ),
      );
      return changed.size;
    },
  };

  async function eraseStreams(
    within: Executor,
    search: PersonSearch,
    ids: readonly string[],
    areTheirs: boolean,
    changed: Set<string>,
  ): Promise<number> {
    const { tenant } = search.context;
    await search.keepToKeys(within);
    const left = toChanged(
      await within.run(STORE, statements.lock, [tenant, ids], undefined),
      search,
      areTheirs,
    );
    if (left.length === 0) return 0;
    await within.run(STORE, statements.change, [tenant, ...statements.toLeftValues(left)], undefined);
    const emptied = left.filter(({ gone, last }) => gone === last).map(({ id }) => id);
    await within.run(STORE, statements.clear, [tenant, emptied], undefined);
    for (const { id } of left) changed.add(id);
    return left.length;
  }
}

/** Visits the streams with an event that mentions the person. */
function createEventVisitor(name: TableNames): RunVisitor {
  const table = name("stream_events");
  const candidates = createCandidates({ store: STORE, table, key: EVENT_KEY, says: ["events"] });
  const read = reading(selectByKeys({ table, key: EVENT_KEY, selected: "stream_id, events" }));
  return (search, act) =>
    search.visit(candidates, [], async (found) => {
      const { tenant, executor } = search.context;
      const rows = await executor.run(STORE, read, [tenant, ...toKeyValues(EVENT_KEY, found)], search.call);
      const about = rows.filter((row) =>
        json<EventPairs>(row, "events").some(([type, data]) =>
          isEventAbout({ type, data }, search.person.mentions),
        ),
      );
      return about.length === 0 ? 0 : act([...new Set(about.map((row) => text(row, "stream_id")))].sort());
    });
}

/** Visits streams that may themselves be the person's, or mention them. */
function createStreamVisitor(name: TableNames): RunVisitor {
  const candidates = createCandidates({
    ...{ store: STORE, table: name("streams"), key: [{ name: "id", type: "text" }] },
    ...{ says: ["thread_id", "started_by", "error", "stop"], idColumns: ["thread_id", "lead_id"] },
  });
  return (search, act) => {
    const { threadIds, leadIds } = search.person;
    return search.visit(candidates, [...threadIds, ...leadIds], (found) =>
      act(found.map((row) => text(row, "id"))),
    );
  };
}

/** What is left of the streams that change. */
function toChanged(
  rows: readonly Row[],
  { person }: PersonSearch,
  areTheirs: boolean,
): readonly GoneStream[] {
  return rows.flatMap((row) => {
    const before = { ...fromStreamRow(row), gone: number(row, "gone") };
    const left = toErasedStream(before, person.mentions) as GoneStream;
    const goes = before.gone < before.last && (areTheirs || isStreamOf(before, person));
    if (goes) return { ...left, gone: before.last };
    return left === before ? [] : left;
  });
}
