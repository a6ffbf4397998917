import type { CrmLink, CrmRecord, JsonValue } from "@salesagent/ports";
import { isTakenAs } from "./likeness.js";
import { notesOf } from "./link-notes.js";
import { crmValues, type LinkTable } from "./link-table.js";
import { isLinkName } from "./record-values.js";
import type { SyncContext } from "./sync-context.js";

/**
 * A link whose base says what the CRM took of what it was told last, where the answer never was kept: else our own words would look
 * like an edit of the CRM's users, and be carried over what users of the app wrote since.
 */
export function withTold(
  context: SyncContext,
  link: CrmLink,
  crm: CrmRecord | undefined,
  table: LinkTable,
): CrmLink {
  const { told } = notesOf(link);
  if (!told || !crm || !link.base || crm.id !== link.crmId) return link;
  const values = crmValues(context, crm, table);
  const base = { app: { ...link.base.app }, crm: { ...link.base.crm } };
  for (const [name, value] of Object.entries(told)) {
    if (isLinkName(name) || !isTakenAs(value, values[name])) continue;
    put(base.app, name, value);
    put(base.crm, name, values[name]);
  }
  return { ...link, base };
}

function put(values: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value === undefined || value === null) delete values[name];
  else values[name] = value;
}
