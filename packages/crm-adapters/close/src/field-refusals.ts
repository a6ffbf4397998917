import type { CrmKind } from "@salesagent/ports";
import { fieldRefusal } from "./close-errors.js";
import type { CloseMapping } from "./custom-fields.js";

/** Whose fields a call writes, and how they are called here. */
export interface RefusedFields {
  readonly kind: CrmKind;
  /** The custom fields of the kind. @defaultValue none */
  readonly mapping?: CloseMapping[keyof CloseMapping];
  /** Our name of a field of Close's own. */
  readonly nameOf: (field: string) => string;
}

/** Runs calls of one kind; a value that Close refuses is told by the host's name of its field, as `crm.field_invalid`. */
export type RefusingFields = <T>(recordId: string | undefined, work: () => Promise<T>) => Promise<T>;

export function refusingFields({ kind, mapping, nameOf }: RefusedFields): RefusingFields {
  return async (recordId, work) => {
    try {
      return await work();
    } catch (error) {
      const named = (field: string) => mappedName(mapping, field) ?? nameOf(field);
      throw fieldRefusal(error, { kind, recordId, nameOf: named });
    }
  };
}

/** The host's name of a custom field. */
function mappedName(mapping: CloseMapping[keyof CloseMapping], field: string): string | undefined {
  const id = field.replace(/^custom\./, "").replace(/\.(add|remove)$/, "");
  return Object.entries(mapping ?? {}).find(
    ([, mapped]) => mapped.field.replace(/^custom\./, "") === id,
  )?.[0];
}
