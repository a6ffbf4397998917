import {
  type ConflictRecord,
  type CrmLink,
  type JsonValue,
  type LinkDraft,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import { WHOLE_RECORD } from "./conflict-records.js";
import { NAME_FIELDS, withFullName } from "./contact-name.js";
import { draftOf, notesOf, withNotes } from "./link-notes.js";
import { LinkTable } from "./link-table.js";
import { putOf } from "./merge-sides.js";
import { toValues } from "./record-values.js";
import { isSame } from "./same-value.js";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import { SyncLog } from "./sync-log.js";

/** How a person settles a conflict. */
export type ConflictChoice =
  /** The value of one side. Of `$record`: that side's word, which is that it is there, or that it is gone. */
  | { readonly take: "app" | "crm" }
  /** A value instead of the two, or null for none. Not for `$record`. */
  | { readonly value: JsonValue };

/**
 * Settles an open conflict: from now on only the side that was taken looks changed, and the next sync carries it over. What was
 * changed since the conflict was found is a change still, and may be another conflict.
 *
 * @throws `store.not_found` for a conflict that is not there; `store.stale_revision` when it is not open any more, or the record
 *   was written meanwhile: look again then.
 */
export async function resolveConflict(
  context: SyncContext,
  resolution: { readonly id: string; readonly choice: ConflictChoice; readonly by: string },
): Promise<void> {
  const { id, choice, by } = resolution;
  const { signal, connection } = context;
  await context.storage.transaction(
    async (stores) => {
      const conflict = await stores.conflicts.get(id, { signal });
      if (!conflict || conflict.connection !== connection) throw notFound(id);
      const isWhole = conflict.field === WHOLE_RECORD;
      if (isWhole && "value" in choice) throw new TypeError("choice.value is not for a conflict of $record");
      const [link] = await stores.links.findByRecords(connection, conflict.kind, [conflict.recordId], {
        signal,
      });
      const taken =
        "value" in choice ? ({ taken: "value", value: choice.value } as const) : { taken: choice.take };
      const ended = await stores.conflicts.endMany([{ id, status: "resolved", ...taken, by }], { signal });
      if (ended.length === 0) throw stale(id, conflict.status);
      if (link) {
        const next = isWhole
          ? decided(conflict, link, choice)
          : await settled(context, stores, conflict, link, choice);
        await keepLink(context, stores, link, next);
      }
      await keepRecord(context, stores, conflict, by);
    },
    { signal },
  );
}

/** The side that is there says that it stays, the one that is gone that it goes. */
function decided(conflict: ConflictRecord, link: CrmLink, choice: ConflictChoice): LinkDraft {
  const side = "take" in choice ? choice.take : "app";
  return withNotes(draftOf(link), { decided: conflict[side] === "removed" ? "remove" : "keep" });
}

/** A base from which only the side that was taken differs. */
async function settled(
  context: SyncContext,
  stores: SyncStores,
  conflict: ConflictRecord,
  link: CrmLink,
  choice: ConflictChoice,
): Promise<LinkDraft> {
  const { field, app, crm } = conflict;
  const base = { app: { ...link.base?.app }, crm: { ...link.base?.crm } };
  const isCrm = "take" in choice && choice.take === "crm";
  if (isCrm) setValue(base.app, field, app);
  else setValue(base.crm, field, crm);
  if ("value" in choice) {
    await writeValue(context, stores, conflict, choice.value);
    // Where they chose what was agreed on before, it is a change from what stood in the app.
    if (isSame(base.app[field], choice.value)) setValue(base.app, field, app);
  }
  return { ...draftOf(link), base };
}

async function writeValue(
  { signal }: SyncContext,
  stores: SyncStores,
  { kind, recordId, field }: ConflictRecord,
  value: JsonValue,
): Promise<void> {
  const record = await stores.records.get(kind, recordId, { signal });
  if (!record) throw notFound(recordId);
  const changes = withFullName(toValues(record, NAME_FIELDS), { [field]: value });
  const [written] = await stores.records.writeMany([putOf(record, changes, new LinkTable())], { signal });
  if (written?.status !== "written") throw stale(recordId, "written");
}

async function keepLink(
  context: SyncContext,
  stores: SyncStores,
  link: CrmLink,
  next: LinkDraft,
): Promise<void> {
  const open = Object.entries(notesOf(link).open ?? {}).filter(([, id]) => id !== undefined);
  const [written] = await stores.links.writeMany(
    [
      {
        link: withNotes({ ...next, dueAt: timeOf(context) }, { open: Object.fromEntries(open) }),
        ifRevision: link.revision,
      },
    ],
    { signal: context.signal },
  );
  if (written?.status !== "written") throw stale(link.recordId, "written");
}

async function keepRecord(
  context: SyncContext,
  stores: SyncStores,
  { id, kind, recordId, crmId, field }: ConflictRecord,
  by: string,
): Promise<void> {
  const log = new SyncLog();
  log.add({ action: "conflict-resolved", recordId, crmId, fields: [field] });
  await log.write(context, stores, kind as RecordKind);
  const facts = { conflict: id, field, connection: context.connection };
  await stores.audit.addMany(
    [
      {
        ...{ id: context.createId(), at: timeOf(context), actor: by, action: "conflict-resolved" },
        ...{ subject: `${kind}:${recordId}`, facts },
      },
    ],
    { signal: context.signal },
  );
}

function setValue(values: Record<string, JsonValue>, field: string, value: JsonValue): void {
  if (value === null) delete values[field];
  else values[field] = value;
}

function notFound(id: string): SalesAgentError {
  return new SalesAgentError("store.not_found", {
    message: `There is no conflict or record ${id}. List the open conflicts again.`,
    facts: { store: "conflicts", id },
    replay: "safe",
  });
}

function stale(id: string, current: string): SalesAgentError {
  return new SalesAgentError("store.stale_revision", {
    message: `${id} is ${current} by now. Look at it again, and decide anew.`,
    facts: { store: "conflicts", id, current },
    replay: "safe",
  });
}
