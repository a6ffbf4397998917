import type { JsonObject, JsonValue } from "../json.js";
import type { LinkedRecord } from "../stores/link-store.js";
import type { RecordKind } from "../stores/record-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalName } from "./link-rules.js";
import { type NormalRecordDraft, toNormalKind, toNormalRecordDraft } from "./record-rules.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** A record that is made with its link, its content in its normal form. */
export interface NormalLinkedRecord extends LinkedRecord {
  readonly draft: NormalRecordDraft;
}

/** Records of one kind that are made with their links to one CRM. */
export interface LinkedRecords<Made extends LinkedRecord = LinkedRecord> {
  readonly connection: string;
  readonly kind: RecordKind;
  readonly records: readonly Made[];
}

/**
 * @param keep - Takes over what records say. @defaultValue toStorable
 * @throws `store.invalid` naming `records[i].…`, also where two are of one record.
 */
export function toNormalLinkedRecords(
  { connection, kind, records }: LinkedRecords,
  keep: typeof toStorable = toStorable,
): LinkedRecords<NormalLinkedRecord> {
  if (!Array.isArray(records)) throw invalidValue("links", "want.records", "it is not a list");
  const seen = new Set<string>();
  return {
    connection: toNormalName("links", "want.connection", connection),
    kind: toNormalKind("links", "want.kind", kind),
    records: (records as readonly LinkedRecord[]).map((record, index) => {
      const normal = toNormalLinkedRecord(`records[${index}]`, record, keep);
      if (seen.has(normal.recordId)) {
        throw invalidValue("links", `records[${index}].recordId`, "an earlier one is of the same record");
      }
      seen.add(normal.recordId);
      return normal;
    }),
  };
}

function toNormalLinkedRecord(
  field: string,
  { recordId, draft, crmId, crmHash, crmUpdatedAt, notes, dueAt }: LinkedRecord,
  keep: typeof toStorable,
): NormalLinkedRecord {
  if (notes !== undefined && !isPlainObject(notes)) {
    throw invalidValue("links", `${field}.notes`, "it is not an object");
  }
  return {
    recordId: toNormalId("links", `${field}.recordId`, recordId),
    draft: toNormalRecordDraft(`${field}.draft`, draft, keep),
    crmId: toNormalId("links", `${field}.crmId`, crmId),
    crmHash: toNormalText(`${field}.crmHash`, crmHash),
    crmUpdatedAt: toNormalText(`${field}.crmUpdatedAt`, crmUpdatedAt),
    notes: notes && toStorable("links", `${field}.notes`, notes),
    dueAt: dueAt === undefined ? undefined : toInstant("links", `${field}.dueAt`, dueAt),
  };
}

function toNormalText(field: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== "string") throw invalidValue("links", field, "it is not a text");
  return toStorable("links", field, text);
}

/** What a record says as one flat object, as the base of the link that is made with it has it. */
export function toFlatRecord({
  fields,
  custom,
  links,
}: Pick<NormalRecordDraft, "fields" | "custom" | "links">): JsonObject {
  const values: Record<string, JsonValue> = { ...(fields as Readonly<Record<string, JsonValue>>) };
  for (const name of Object.keys(custom)) values[`custom.${name}`] = custom[name] ?? null;
  for (const [kind, ids] of Object.entries(links)) values[`links.${kind}`] = ids;
  return values;
}
