import type { CacheEntry, FactRecord, JsonValue, MessageRecord, ThreadSummary } from "@salesagent/ports";
import {
  isAnswerAbout,
  isFactAbout,
  isVectorAbout,
  toErasedMessage,
  toErasedSummary,
} from "@salesagent/ports/store-rules";
import { instant, json, number, text } from "../columns.js";
import { CACHE_FIELDS, fromCacheRow } from "../pg-cache-store.js";
import { FACT_COLUMNS, fromFactRow } from "../pg-fact-store.js";
import { fromMessageRow, MESSAGE_FIELDS } from "../pg-message-store.js";
import { toSelectList } from "../record-columns.js";
import type { PersonSearch } from "./person-search.js";
import type { PersonalTable } from "./table-eraser.js";

/** Messages of threads that stay. */
export const personalMessages: PersonalTable<MessageRecord> = {
  ...{ store: "messages", table: "messages" },
  key: [
    { name: "thread_id", type: "text", read: ({ threadId }) => threadId },
    { name: "message_index", type: "bigint", read: ({ index }) => index },
  ],
  says: ["message"],
  ...{ selected: MESSAGE_FIELDS, fromRow: fromMessageRow },
  erased: (record, { person }) =>
    person.isTheirThread(record.threadId) ? record : toErasedMessage(record, person.mentions),
  changed: [{ name: "message", type: "json", read: ({ message }) => message }],
};

/** Summaries of threads that stay. */
export const personalSummaries: PersonalTable<ThreadSummary & { readonly threadId: string }> = {
  ...{ store: "messages", table: "threads" },
  key: [{ name: "id", type: "text", read: ({ threadId }) => threadId }],
  says: ["summary"],
  selected: ["id", "summary", "summary_up_to", instant("summary_at")].join(", "),
  fromRow: (row) => ({
    threadId: text(row, "id"),
    text: text(row, "summary"),
    upTo: number(row, "summary_up_to"),
    createdAt: text(row, "summary_at"),
  }),
  erased(summary, { person }) {
    if (person.isTheirThread(summary.threadId)) return summary;
    const left = toErasedSummary(summary, person.mentions);
    return left === summary ? summary : { ...left, threadId: summary.threadId };
  },
  changed: [{ name: "summary", type: "text", read: (summary) => summary.text }],
};

const filedUnder = ({ person }: PersonSearch): readonly string[] => [...person.subjects, ...person.threadIds];

export const personalFacts: PersonalTable<FactRecord> = {
  ...{ store: "facts", table: "facts", key: FACT_COLUMNS.filter(({ name }) => name === "id") },
  says: ["id", "subject", "text", "thread_id", "data"],
  theirs: { columns: ["subject", "thread_id"], ids: filedUnder },
  ...{ selected: toSelectList(FACT_COLUMNS), fromRow: fromFactRow },
  erased: (fact, { person }) => (isFactAbout(fact, person) ? undefined : fact),
  changed: [],
};

export const personalAnswers: PersonalTable<CacheEntry> = {
  ...{ store: "cache", table: "cache_entries" },
  key: [{ name: "key", type: "text", read: ({ key }) => key }],
  says: ["key", "value"],
  ...{ selected: CACHE_FIELDS, fromRow: fromCacheRow },
  erased: (entry, { person }) => (isAnswerAbout(entry, person.mentions) ? undefined : entry),
  changed: [],
};

interface StoredItem {
  readonly collection: string;
  readonly id: string;
  readonly data: JsonValue;
}

export const personalVectors: PersonalTable<StoredItem> = {
  ...{ store: "vectors", table: "vector_items" },
  key: [
    { name: "collection", type: "text", read: ({ collection }) => collection },
    { name: "id", type: "text", read: ({ id }) => id },
  ],
  says: ["id", "data"],
  theirs: { columns: ["data ->> 'subject'", "data ->> 'threadId'"], ids: filedUnder },
  selected: "collection, id, data",
  fromRow: (row) => ({
    collection: text(row, "collection"),
    id: text(row, "id"),
    data: json<JsonValue>(row, "data"),
  }),
  erased: (item, { person }) => (isVectorAbout(item, person) ? undefined : item),
  changed: [],
};
