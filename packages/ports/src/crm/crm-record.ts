import type { JsonObject } from "../json.js";
import type { CrmFields, CrmKind } from "./crm-fields.js";

/** What a record hangs on, by kind: ids of the same CRM, the first one foremost. */
export type CrmLinks = { readonly [Kind in CrmKind]?: readonly string[] };

/** A record as a CRM has it. */
export interface CrmRecord<Kind extends CrmKind = CrmKind> {
  readonly kind: Kind;
  /** The CRM's own id, as text. */
  readonly id: string;
  readonly fields: CrmFields[Kind];
  /** Fields of the host's own, by the names of its mapping. */
  readonly custom: JsonObject;
  readonly links: CrmLinks;
  /**
   * When the CRM says that it changed: its own text, with all its digits. It is compared as an instant and never goes through a
   * `Date`. CRMs move it by themselves, so it tells where to look, and not who changed what.
   */
  readonly updatedAt: string;
  readonly createdAt?: string;
  /** Ids that lead to this record since they were merged into it. */
  readonly mergedIds?: readonly string[];
  /** The record's page, for people. */
  readonly url?: string;
}

/** A record that is gone. */
export interface CrmRemoval<Kind extends CrmKind = CrmKind> {
  readonly kind: Kind;
  readonly id: string;
  /** The CRM's own text of when. */
  readonly at?: string;
  /** The record that it was merged into. */
  readonly mergedInto?: string;
}

/** A record that is to be made. */
export interface CrmDraft<Kind extends CrmKind = CrmKind> {
  readonly kind: Kind;
  readonly fields: CrmFields[Kind];
  readonly custom?: JsonObject;
  readonly links?: CrmLinks;
}

/** What is to be changed of a record: only what is named; null takes a value away. */
export interface CrmChange<Kind extends CrmKind = CrmKind> {
  readonly kind: Kind;
  readonly id: string;
  readonly fields?: { readonly [Field in keyof CrmFields[Kind]]?: CrmFields[Kind][Field] | null };
  readonly custom?: JsonObject;
  /** Links that are to be there; none is taken away. */
  readonly links?: CrmLinks;
}
