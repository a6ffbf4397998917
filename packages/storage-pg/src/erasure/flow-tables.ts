import type { JsonValue } from "@salesagent/ports";
import { json, type Row, text } from "../columns.js";
import type { KeyColumn } from "./keyed-rows.js";

/** A table with parts of runs of graphs that may mention a person. */
export interface FlowPartTable {
  readonly table: string;
  readonly key: readonly KeyColumn[];
  /** The column with the id of the run. */
  readonly run: string;
  /** SQL of what rows say. */
  readonly says: readonly string[];
  readonly selected: string;
  readonly toTexts: (row: Row) => JsonValue;
}

const ofRun = (column: string, type: string): readonly KeyColumn[] => [
  { name: "run_id", type: "text" },
  { name: column, type },
];
const orNull = (row: Row, column: string): JsonValue =>
  row[column] === null ? null : json<JsonValue>(row, column);

/** What a run goes on from. */
export const flowParts: readonly FlowPartTable[] = [
  {
    ...{ table: "flow_steps", key: ofRun("key", "text"), run: "run_id" },
    ...{ says: ["key", "value"], selected: "run_id, key, value" },
    toTexts: (row) => [text(row, "key"), json<JsonValue>(row, "value")],
  },
  {
    ...{ table: "flow_checkpoints", key: ofRun("number", "bigint"), run: "run_id" },
    ...{ says: ["delta", "snapshot"], selected: "run_id, delta, snapshot" },
    toTexts: (row) => [json<JsonValue>(row, "delta"), orNull(row, "snapshot")],
  },
  {
    ...{ table: "flow_events", key: ofRun("name", "text"), run: "run_id" },
    ...{ says: ["name", "payload"], selected: "run_id, name, payload" },
    toTexts: (row) => [text(row, "name"), json<JsonValue>(row, "payload")],
  },
  {
    ...{ table: "flow_queue", key: [{ name: "id", type: "text" }], run: "id" },
    ...{ says: ["array_to_string(awaiting, E'\\n')"], selected: "id, to_json(awaiting) as awaiting" },
    toTexts: (row) => json<readonly string[]>(row, "awaiting"),
  },
];
