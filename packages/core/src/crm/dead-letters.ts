import type { JsonObject, RecordKind, StoredError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import type { SyncLog } from "./sync-log.js";

/** Something that could not be done. */
export interface FailedWork {
  readonly kind: RecordKind;
  readonly recordId?: string | undefined;
  readonly crmId?: string | undefined;
  /** `pull`, `create`, `update`, `remove` or `reconcile`. */
  readonly operation: string;
  readonly error: StoredError;
  /** What was to be written. */
  readonly payload?: JsonObject | undefined;
}

/** Keeps for a person what could not be done; the same failure of the same record stays one letter, whose id is given. */
export async function addDeadLetter(
  context: SyncContext,
  stores: SyncStores,
  log: SyncLog,
  { kind, recordId, crmId, operation, error, payload }: FailedWork,
): Promise<string> {
  const { connection, signal } = context;
  const ids = { ...(recordId !== undefined && { recordId }), ...(crmId !== undefined && { crmId }) };
  const letter = await stores.deadLetters.add(
    {
      ...{ id: context.createId(), connection, kind, ...ids, operation, payload: payload ?? {} },
      ...{ error: { code: error.code, message: error.message }, addedAt: timeOf(context) },
    },
    { signal },
  );
  log.add({ action: "dead-letter-added", ...ids, code: error.code });
  tell(context.tell, { type: "dead-letter", kind, ...ids, code: error.code });
  return letter.id;
}
