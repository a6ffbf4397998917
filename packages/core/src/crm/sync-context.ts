import type {
  Clock,
  CRMProvider,
  CrmKindSupport,
  RecordKind,
  TenantStorage,
  TenantStores,
} from "@salesagent/ports";
import type { FieldRules, SyncDirection } from "./default-rules.js";

/** Companies come before the contacts that hang on them, and both before deals. */
export const KIND_ORDER: readonly RecordKind[] = ["company", "contact", "deal"];

/** What a sync holds itself to. */
export interface SyncLimits {
  /** Links that one claim takes: a whole number, 1–500. @defaultValue 100 */
  readonly batch: number;
  /**
   * Records of the CRM that are taken in at once, 1–1,000: a walk's pages are gathered until there are as many, and one more batch is
   * read meanwhile. A walk that is cut off repeats no more than these. @defaultValue 500
   */
  readonly pageRecords: number;
  /** Claims that are worked on at once, 1–32. @defaultValue 2 */
  readonly concurrency: number;
  /**
   * How long a claim holds, in milliseconds: much longer than a call of the CRM may last, since whoever comes after it takes a
   * create that was under way for one of unknown outcome. @defaultValue 300,000
   */
  readonly leaseMs: number;
  /** Failures in a row, none of them transient, after which a link is put aside. @defaultValue 5 */
  readonly attempts: number;
  /** Bounds of the wait after a failure, in milliseconds. @defaultValue 2,000 and 3,600,000 */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  /** Characters of a CRM's record beyond which it is refused. @defaultValue 1,000,000 */
  readonly maxRecordChars: number;
  /** Removals within 24 hours that need nobody's word: as many, or as large a share of all links. @defaultValue 10 and 0.05 */
  readonly removals: number;
  readonly removalShare: number;
  /** By how much a first look at changes reaches back before its walk, in milliseconds: clocks differ. @defaultValue 3,600,000 */
  readonly overlapMs: number;
}

/** What a sync decided, for whoever watches. */
export type SyncEvent =
  | {
      readonly type: "page";
      readonly kind: RecordKind;
      readonly from: "backfill" | "changes" | "app";
      readonly counts: PageCounts;
      /** How many records there are in all, where the CRM says so. */
      readonly total?: number;
    }
  | { readonly type: "batch"; readonly kind: RecordKind; readonly counts: BatchCounts }
  | {
      readonly type: "conflict";
      readonly kind: RecordKind;
      readonly recordId: string;
      readonly field: string;
    }
  | {
      readonly type: "dead-letter";
      readonly kind: RecordKind;
      readonly recordId?: string;
      readonly crmId?: string;
      readonly code: string;
    }
  | {
      readonly type: "braked";
      readonly kind: RecordKind;
      readonly removals: number;
      readonly limit: number;
      readonly of: number;
    };

/** What became of a page. */
export interface PageCounts {
  readonly read: number;
  readonly unchanged: number;
  /** Made in the app, or due to be made in the CRM. */
  readonly created: number;
  /** Linked with a record that was there. */
  readonly linked: number;
  /** Due for a closer look. */
  readonly due: number;
  readonly refused: number;
}

/** What became of links that were due. */
export interface BatchCounts {
  readonly links: number;
  readonly createdInApp: number;
  readonly updatedInApp: number;
  readonly removedInApp: number;
  readonly createdInCrm: number;
  readonly updatedInCrm: number;
  readonly removedInCrm: number;
  readonly conflicts: number;
  readonly failed: number;
}

/** All that a sync of one connection works with. */
export interface SyncContext {
  /** The CRM's name in the app, such as `close`. */
  readonly connection: string;
  readonly provider: CRMProvider;
  readonly storage: TenantStorage;
  /** Companies first, then contacts, then deals. */
  readonly kinds: readonly RecordKind[];
  readonly direction: SyncDirection;
  /** What is kept in step, by kind: as `resolveRules` has it. */
  readonly rules: { readonly [Kind in RecordKind]?: FieldRules };
  /** How far the clocks of the two sides may be apart, in milliseconds. */
  readonly toleranceMs: number;
  readonly limits: SyncLimits;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Makes ids that sort by time. */
  readonly createId: () => string;
  /** The run that the history names. */
  readonly runId?: string | undefined;
  readonly tell?: ((event: SyncEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Stores, in a transaction or out of it. */
export type SyncStores = TenantStores;

/** The rules of a kind; none where it is not synced. */
export function rulesOf(context: SyncContext, kind: RecordKind): FieldRules {
  return context.rules[kind] ?? {};
}

/** What the CRM can do with a kind. @throws TypeError for a kind that it does not have. */
export function supportOf({ provider, connection }: SyncContext, kind: RecordKind): CrmKindSupport {
  const support = provider.capabilities.kinds[kind];
  if (!support) throw new TypeError(`${connection} has no records of the kind ${kind}`);
  return support;
}

/** The clock's time, or some time after it, ISO 8601 in UTC. */
export function timeOf({ clock }: SyncContext, afterMs = 0): string {
  return new Date(clock.now() + afterMs).toISOString();
}

/** Calls of the CRM that nobody waits for. */
export function bulkCall({ signal }: SyncContext) {
  return { priority: "bulk", signal } as const;
}
