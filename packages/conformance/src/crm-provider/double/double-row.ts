import type { CrmFields, CrmKind, CrmLinks, CrmRecord, JsonObject } from "@salesagent/ports";

/** A record as the double keeps it. Its fields are replaced, never changed in place. */
export interface DoubleRow<Kind extends CrmKind> {
  readonly kind: Kind;
  readonly id: string;
  fields: CrmFields[Kind];
  custom: JsonObject;
  links: CrmLinks;
  state: "stands" | "removed" | "merged";
  readonly createdMicros: number;
  updatedMicros: number;
  /** When one of its keys last changed, for indexes that lag behind. */
  keysAtMs: number;
  mergedIds: readonly string[];
  /** The record that it was merged into. */
  mergedInto?: string;
  /** Where the log has its latest state. */
  logIndex: number;
  /** What was last told of it, while nothing changed that it shows. */
  told?: { readonly epoch: number; readonly record: CrmRecord<Kind> };
}

/** A change in the log of a kind. It counts while it is the row's latest. */
export interface DoubleLogEntry<Kind extends CrmKind> {
  readonly row: DoubleRow<Kind>;
  readonly micros: number;
  readonly visibleAtMs: number;
}
