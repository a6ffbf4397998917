import type { CrmCallOptions, CrmRecord } from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";
import { compareStamps } from "./close-stamp.js";
import type { JsonRecord } from "./json-record.js";

/** One condition of a lookup: what Close is asked, and what has to hold of an answer. */
export interface LookupClause<Record extends CrmRecord> {
  readonly node: JsonRecord;
  readonly holds: (record: Record) => boolean;
}

const PAGE = 100;

/** Words in a text field of an object of its own, such as its e-mail addresses. */
export function relatedWords(
  related: "contact_email" | "contact_phone",
  field: string,
  value: string,
): JsonRecord {
  return {
    type: "has_related",
    this_object_type: "contact",
    related_object_type: related,
    related_query: { type: "and", queries: [words(related, field, value)] },
  };
}

/** Words in a text field. Close matches words in any order and place, never the whole text. */
export function words(type: string, field: string, value: string): JsonRecord {
  return {
    type: "field_condition",
    field: { type: "regular_field", object_type: type, field_name: field },
    condition: { type: "text", mode: "full_words", value },
  };
}

/** All records that match exactly, oldest first. */
export async function findExactly<Record extends CrmRecord>(
  api: CloseApi,
  target: { readonly type: "contact" | "lead"; readonly fields: readonly string[] },
  clauses: readonly LookupClause<Record>[],
  from: (doc: JsonRecord) => Record,
  call: CrmCallOptions | undefined,
): Promise<Record[]> {
  const { type, fields } = target;
  const query = {
    type: "and",
    queries: [{ type: "object_type", object_type: type }, ...clauses.map(({ node }) => node)],
  };
  const found = new Map<string, Record>();
  for (let cursor: string | null = null, isOver = false; !isOver; ) {
    const page = await api.search({ query, _fields: { [type]: fields }, _limit: PAGE, cursor }, call);
    for (const record of page.rows.map(from)) {
      if (clauses.every(({ holds }) => holds(record))) found.set(record.id, record);
    }
    cursor = page.cursor ?? null;
    isOver = cursor === null;
  }
  return [...found.values()].sort(
    (a, b) => compareStamps(a.createdAt, b.createdAt) || (a.id < b.id ? -1 : 1),
  );
}
