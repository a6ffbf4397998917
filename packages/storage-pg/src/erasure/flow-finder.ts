import type { JsonValue } from "@salesagent/ports";
import { json, text } from "../columns.js";
import { reading, type Statement } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { type FlowPartTable, flowParts } from "./flow-tables.js";
import { selectByKeys, toKeyValues } from "./keyed-rows.js";
import { type Candidates, createCandidates, type PersonSearch } from "./person-search.js";

const STORE = "flows";

/** Visits the ids of runs that are about the person, some at a time; of one run maybe again and again. */
export type RunVisitor = (
  search: PersonSearch,
  act: (ids: readonly string[]) => Promise<number>,
) => Promise<number>;

/** Where runs mention a person, and how it is read. */
interface FlowPart extends FlowPartTable {
  readonly candidates: Candidates;
  readonly read: Statement;
}

function createFlowPart(name: TableNames, part: FlowPartTable, idColumns?: readonly string[]): FlowPart {
  const [table, { key, says, selected }] = [name(part.table), part];
  const candidates = createCandidates({ store: STORE, table, key, says, idColumns });
  return { ...part, candidates, read: reading(selectByKeys({ table, key, selected })) };
}

/** The runs themselves; those of the person's threads as well. */
const flowRuns: FlowPartTable = {
  ...{ table: "flow_runs", key: [{ name: "id", type: "text" }], run: "id" },
  says: ["id", "thread_id", "input", "output", "error", "stop"],
  selected: "id, thread_id, input, output, error, stop",
  toTexts: (row) => [
    text(row, "id"),
    ...["input", "output", "error", "stop"].map((column) =>
      row[column] === null ? null : json<JsonValue>(row, column),
    ),
  ],
};

/** Finds runs of graphs, by themselves and by all that they go on from. */
export function createFlowFinder(name: TableNames): RunVisitor {
  const runs = createFlowPart(name, flowRuns, ["thread_id"]);
  const parts = [runs, ...flowParts.map((part) => createFlowPart(name, part))];
  return async (search, act) => {
    const { context, person, call } = search;
    let acted = 0;
    for (const { candidates, read, key, run, toTexts } of parts) {
      acted += await search.visit(candidates, person.threadIds, async (found) => {
        const values = [context.tenant, ...toKeyValues(key, found)];
        const rows = await context.executor.run(STORE, read, values, call);
        const about = rows.filter(
          (row) => person.isTheirThread(row["thread_id"] ?? undefined) || person.mentions.isIn(toTexts(row)),
        );
        const ids = [...new Set(about.map((row) => text(row, run)))].sort();
        return ids.length === 0 ? 0 : act(ids);
      });
    }
    return acted;
  };
}
