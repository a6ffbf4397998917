import type { ConflictRecord, CrmLink, JsonValue } from "@salesagent/ports";
import { hashOf } from "./content-hash.js";
import type { FieldConflict } from "./merge-record.js";
import { type SyncContext, timeOf } from "./sync-context.js";

/** The field of conflicts about a whole record: one side removed what the other changed. */
export const WHOLE_RECORD = "$record";

/** A conflict as it is kept. The same link, field and values make the same id, so that it is kept once. */
export function toConflictRecord(
  context: SyncContext,
  link: Pick<CrmLink, "kind" | "recordId" | "crmId">,
  { field, policy, base, app, crm, taken }: FieldConflict,
): ConflictRecord {
  const foundAt = timeOf(context);
  return {
    ...{ id: conflictId(context, link, field, [base, app, crm]), connection: context.connection },
    ...{ kind: link.kind, recordId: link.recordId, ...(link.crmId !== undefined && { crmId: link.crmId }) },
    ...{ field, policy, base, app, crm, foundAt },
    ...(taken === "open" ? { status: "open" } : { status: "settled", taken, endedAt: foundAt }),
  };
}

/** One side removed what the other changed since. */
export function removalConflict(context: SyncContext, link: CrmLink, gone: "app" | "crm"): ConflictRecord {
  const [app, crm] = gone === "app" ? ["removed", "changed"] : ["changed", "removed"];
  return {
    // Another removal of the same record is another conflict.
    id: conflictId(context, link, WHOLE_RECORD, [app, link.recordRevision ?? "", link.crmHash ?? ""]),
    ...{ connection: context.connection, kind: link.kind, recordId: link.recordId },
    ...(link.crmId !== undefined && { crmId: link.crmId }),
    ...{ field: WHOLE_RECORD, policy: "removal", base: null, app, crm },
    ...{ status: "open", foundAt: timeOf(context) },
  };
}

function conflictId(
  { connection }: SyncContext,
  { kind, recordId }: Pick<CrmLink, "kind" | "recordId">,
  field: string,
  values: readonly JsonValue[],
): string {
  return `${hashOf(connection, kind, recordId)}-${hashOf(field, [...values])}`;
}
