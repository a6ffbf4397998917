import type { ConflictRecord, CrmLink, LinkDraft } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { WHOLE_RECORD } from "./conflict-records.js";
import { notesOf } from "./link-notes.js";
import type { SyncBatch } from "./sync-batch.js";
import type { SyncStores } from "./sync-context.js";

/** Ids of a link's conflicts that are open. */
export const openConflicts = (link: CrmLink): readonly string[] => Object.values(notesOf(link).open ?? {});

/** Conflicts of fields stay open until the record is gone for good: it may come back, and they with it. */
export function openFields(link: CrmLink): Readonly<Record<string, string>> | undefined {
  const fields = Object.entries(notesOf(link).open ?? {}).filter(([field]) => field !== WHOLE_RECORD);
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

/** Conflicts that were open and are not any more, since the sides agree, or differ in another way. */
export function endedConflicts(link: CrmLink, next: LinkDraft): readonly string[] {
  const still = Object.values(notesOf(next).open ?? {});
  return openConflicts(link).filter((id) => !still.includes(id));
}

/** Keeps conflicts that were found, each once, and ends those that are none any more. */
export async function keepConflicts(
  { context, log, counts }: SyncBatch,
  stores: SyncStores,
  conflicts: readonly ConflictRecord[],
  gone: readonly string[],
): Promise<void> {
  const { signal } = context;
  if (conflicts.length > 0) {
    const added = new Set(await stores.conflicts.addMany(conflicts, { signal }));
    counts.conflicts += added.size;
    for (const { id, kind, recordId, field } of conflicts) {
      if (!added.has(id)) continue;
      log.add({ action: "conflict-found", recordId, fields: [field] });
      tell(context.tell, { type: "conflict", kind, recordId, field });
    }
  }
  if (gone.length === 0) return;
  const ends = gone.map((id) => ({ id, status: "gone" }) as const);
  await stores.conflicts.endMany(ends, { signal });
}
