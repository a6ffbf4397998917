import type { Clock, CrmCapabilities, CrmChange, CrmDraft, CrmKind, CrmKindSupport } from "@salesagent/ports";
import type { CrmWorldFault } from "../crm-world.js";

/** The operations of a `CRMProvider` that fail like requests. Rows of a batch count as the operation that they are. */
export type CrmDoubleOperation =
  | "list"
  | "changes"
  | "get"
  | "getMany"
  | "lookup"
  | "create"
  | "update"
  | "remove"
  | "writeMany"
  | "schema"
  | "health";

/** A call, or a page of a walk, or a row of a batch, before anything is done. */
export interface CrmDoubleCall {
  readonly operation: CrmDoubleOperation;
  readonly kind?: CrmKind;
  /** How many there were before it, of all operations. */
  readonly number: number;
  readonly id?: string;
  readonly draft?: CrmDraft;
  readonly change?: CrmChange;
  /** It is a row of a `writeMany`. */
  readonly batched?: boolean;
}

/**
 * What goes wrong with a call, beside what a network does.
 *
 * - `truncated`: the walk ends after this page and calls itself complete, which no sound provider does. `filtered`: every other
 *   record is left out of the page, likewise.
 * - `field-invalid`: the CRM refuses a field's value.
 * - `throw`: whatever the test wants, such as a crash, before or after the work is done.
 */
export type CrmDoubleFault =
  | CrmWorldFault
  | { readonly type: "truncated" | "filtered" }
  | { readonly type: "field-invalid"; readonly field: string }
  | { readonly type: "throw"; readonly error: unknown; readonly when: "before" | "after" };

/** Decides what befalls a call. It may act on the double's world meanwhile, as users do. */
export type CrmDoubleFaults = (call: CrmDoubleCall) => CrmDoubleFault | undefined;

/** How a CRM changes what it is given. */
export type CrmRewrite =
  | "phone"
  | "case"
  | "trim"
  | "truncate"
  | ((field: string, value: unknown, kind: CrmKind) => unknown);

/** How a double's CRM stamps its records. */
export interface CrmStamping {
  /** Digits of the second's fraction. @defaultValue 3 */
  readonly digits?: 0 | 3 | 6;
  /** Stamps are whole multiples of it, so that many are equal. @defaultValue 1 */
  readonly granularityMs?: number;
  /** Whether two stamps may be equal at all; if not, the later is a microsecond or more later. @defaultValue true */
  readonly ties?: boolean;
  /** After each write of anybody, the CRM moves the stamp once more by itself, so much later. @defaultValue never */
  readonly bumpAfterMs?: number;
}

/** How a double tells of changes. */
export interface CrmFeedTraits {
  /** A change is told up to so much later, at random, so that later ones come before it. @defaultValue 0 */
  readonly lagMs?: number;
  /** The share of records that come again though nothing changed, 0–1. @defaultValue 0 */
  readonly repeats?: number;
  /** Whether the records of a page come in any order. @defaultValue false */
  readonly disorder?: boolean;
}

/** What kind of CRM a double is. Everything is optional: without options it is a plain and honest one. */
export interface CrmDoubleOptions {
  /** @defaultValue "double" */
  readonly provider?: string;
  /** @defaultValue A manual clock of its own, which `world.pass` moves. */
  readonly clock?: Clock;
  /** For everything that is left to chance. @defaultValue A generator with a fixed seed */
  readonly random?: () => number;
  /**
   * What differs from the usual capabilities of a kind; `false` leaves a kind out. Usually contacts, companies, deals and
   * activities have every field that there is, and contacts and companies are found by strong keys.
   */
  readonly kinds?: { readonly [Kind in CrmKind]?: Partial<CrmKindSupport> | false };
  /** @defaultValue "signed" */
  readonly webhooks?: CrmCapabilities["webhooks"];
  /** Names of custom fields, by kind, that the schema tells. @defaultValue `tier` for each kind */
  readonly customFields?: { readonly [Kind in CrmKind]?: readonly string[] };
  /** Which record stands after a merge: the surviving one, or a third with a new id. @defaultValue "survivor" */
  readonly merge?: "survivor" | "third-record";
  /** Whether ids of merged records lead to the one that stands, or to nothing. @defaultValue "resolve" */
  readonly mergedIds?: "resolve" | "gone";
  /** Fields that no two records of a kind may share: a second one is refused. @defaultValue none */
  readonly unique?: { readonly [Kind in CrmKind]?: readonly ("email" | "domain" | "externalId")[] };
  /** Whether the refusal tells the other's id. @defaultValue true */
  readonly tellsExistingId?: boolean;
  readonly stamps?: CrmStamping;
  readonly feed?: CrmFeedTraits;
  /** Applied in their order to every value that is written. @defaultValue none */
  readonly rewrites?: readonly CrmRewrite[];
  /** Longest text that `truncate` leaves, in characters. @defaultValue 40 */
  readonly maxChars?: number;
  /** Names a field whose value the CRM refuses. @defaultValue none is refused */
  readonly refuses?: (kind: CrmKind, fields: Readonly<Record<string, unknown>>) => string | undefined;
  /** Records a page. @defaultValue 100 */
  readonly pageSize?: number;
  /** What pages tell of how many there are: `too-many` counts those that are gone. @defaultValue "none" */
  readonly totals?: "none" | "exact" | "too-many";
  /** Decides what goes wrong. @defaultValue nothing does */
  readonly faults?: CrmDoubleFaults;
  /** The secret by which webhooks are signed. @defaultValue "webhook-secret" */
  readonly webhookSecret?: string;
}
