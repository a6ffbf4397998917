import type { CrmFields, RecordDraft, RecordKind } from "@salesagent/ports";
import { keysAfter } from "./match-keys.js";

/**
 * A record as the app writes it, with the keys by which a sync finds it; without them it matches no record of a CRM, and is made there
 * anew.
 *
 * @param rest - What it has beside its fields; of a record that changes, the record itself. Its keys are the host's own and those
 *   that it had: those that syncs go by are made of the fields anew. Times of fields are left out, as they may be another value's.
 *   @defaultValue none
 */
export function recordDraft<Kind extends RecordKind>(
  kind: Kind,
  fields: CrmFields[Kind],
  { custom, links, keys = [] }: Partial<Pick<RecordDraft<Kind>, "custom" | "links" | "keys">> = {},
): RecordDraft<Kind> {
  return {
    fields,
    ...(custom === undefined ? {} : { custom }),
    ...(links === undefined ? {} : { links }),
    keys: keysAfter(keys, kind, fields),
  };
}
