import type { JsonValue, StoredStreamEvent, StreamPart, StreamRecord } from "@salesagent/ports";
import type { NormalStreamFrom } from "@salesagent/ports/store-rules";
import { json, number, optional, type Row, text } from "../columns.js";
import { type RecordColumn, toSelectList } from "../record-columns.js";

const STREAM_COLUMNS: readonly RecordColumn<StreamRecord>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "source", type: "text", read: ({ source }) => source },
  { name: "status", type: "text", read: ({ status }) => status },
  { name: "error", type: "optional json", read: ({ error }) => error },
  { name: "thread_id", type: "text", read: ({ threadId }) => threadId },
  { name: "lead_id", type: "text", read: ({ leadId }) => leadId },
  { name: "started_by", type: "text", read: ({ startedBy }) => startedBy },
  { name: "last", type: "bigint", read: ({ last }) => last },
  { name: "fence", type: "bigint", read: ({ fence }) => fence },
  { name: "stop", type: "optional json", read: ({ stop }) => stop },
  { name: "created_at", type: "timestamptz", read: ({ createdAt }) => createdAt },
  { name: "updated_at", type: "timestamptz", read: ({ updatedAt }) => updatedAt },
];
export const STREAM_FIELDS = toSelectList(STREAM_COLUMNS);

export function fromStreamRow(row: Row): StreamRecord {
  return {
    id: text(row, "id"),
    source: text(row, "source"),
    status: text(row, "status") as StreamRecord["status"],
    ...optional("error", row, "error", json<NonNullable<StreamRecord["error"]>>),
    ...optional("threadId", row, "thread_id", text),
    ...optional("leadId", row, "lead_id", text),
    ...optional("startedBy", row, "started_by", text),
    last: number(row, "last"),
    fence: number(row, "fence"),
    ...optional("stop", row, "stop", json<NonNullable<StreamRecord["stop"]>>),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

/** The events of one append, as its row has them. */
export type EventPairs = readonly (readonly [type: string, data: JsonValue])[];

/** A stream with the rows that hold the wanted events, and maybe some before and after these. */
export function fromPartRow(row: Row, { after, limit }: NormalStreamFrom): StreamPart {
  const rows = optional("all", row, "parts", json<readonly [first: number, events: EventPairs][]>).all ?? [];
  const events: StoredStreamEvent[] = [];
  for (const [first, pairs] of rows) {
    for (const [index, [type, data]] of pairs.entries()) {
      const seq = first + index;
      if (seq > after && events.length < limit) events.push({ seq, type, data });
    }
  }
  return { record: fromStreamRow(row), events };
}
