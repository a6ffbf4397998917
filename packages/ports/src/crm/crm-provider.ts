import type { CallOptions } from "../call-options.js";
import type { SalesAgentError } from "../error.js";
import type { HealthCheck } from "../health.js";
import type { CrmFields, CrmKind } from "./crm-fields.js";
import type { CrmChange, CrmDraft, CrmRecord, CrmRemoval } from "./crm-record.js";

/** What a call of a CRM takes beside a signal. */
export interface CrmCallOptions extends CallOptions {
  /**
   * Who waits for it: a person, or a sync that has time. The credential's rate budget keeps a share for the former.
   *
   * @defaultValue "interactive"
   */
  readonly priority?: "interactive" | "bulk" | undefined;
}

/** What a CRM can do with one kind of record. */
export interface CrmKindSupport {
  readonly create: boolean;
  readonly update: boolean;
  readonly remove: boolean;
  /** Whether a walk over all that stands can be had, and told to be complete. */
  readonly list: boolean;
  /** Whether it tells what changed. */
  readonly changes: boolean;
  /** Whether `changes` also brings what was removed. */
  readonly removals: boolean;
  /** What a record can be looked up by, and how. */
  readonly lookup: readonly CrmLookupSupport[];
  /** Rows that `writeMany` takes at once; 1 where the CRM takes one at a time. */
  readonly maxBatch: number;
  /** Fields that it has in this kind, by our names; the others are left alone by a sync, and never sent. */
  readonly fields: readonly string[];
  /** Fields of the host's own that the adapter maps, by the host's names; absent where it does not say, and any may be asked for. */
  readonly customFields?: readonly string[];
  /** Those of `fields`, and of `customFields` as `custom.x`, that it only tells, and never takes. */
  readonly readOnlyFields?: readonly string[];
  /** Kinds that a record of this kind can hang on, and the one without which it can't be made. */
  readonly links?: readonly CrmKind[];
  readonly requiredLink?: CrmKind;
}

/** How a CRM finds a record by one of its fields. */
export interface CrmLookupSupport {
  readonly by: "email" | "domain" | "phone" | "linkedinUrl" | "name" | "externalId";
  /** `strong`: what was just written is found. `index`: it is found after a while. */
  readonly consistency: "strong" | "index";
  /** How long an index may lag behind, in milliseconds. */
  readonly lagMs?: number;
}

/** What an adapter says of itself, so that nobody has to try. */
export interface CrmCapabilities {
  readonly kinds: { readonly [Kind in CrmKind]?: CrmKindSupport };
  /** How it tells of changes by itself. */
  readonly webhooks: "signed" | "unsigned" | "none";
}

/** A page of a walk over all records of a kind. */
export interface CrmPage<Kind extends CrmKind = CrmKind> {
  readonly records: readonly CrmRecord<Kind>[];
  /** Where the walk goes on after this page, also in another process and later. */
  readonly cursor: string;
  /** Nothing comes after it, and nothing was left out: only then does absence say that a record is gone. */
  readonly complete: boolean;
  /** How many there are in all, where the CRM says so; never a rule for when to stop. */
  readonly total?: number;
}

/** A page of what changed. */
export interface CrmChanges<Kind extends CrmKind = CrmKind> {
  readonly records: readonly CrmRecord<Kind>[];
  readonly removed: readonly CrmRemoval<Kind>[];
  /** From where to ask next; it holds the CRM's own texts, and is of no use to anybody else. */
  readonly cursor: string;
  /** Whether more is there already. */
  readonly more: boolean;
}

/**
 * By what a record is looked for: at least one key, and a record has to match all that are given. A key that `capabilities` doesn't
 * name for the kind is `crm.unsupported`, also beside one that it does.
 */
export interface CrmLookup<Kind extends CrmKind = CrmKind> {
  readonly kind: Kind;
  readonly email?: string | undefined;
  readonly domain?: string | undefined;
  readonly phone?: string | undefined;
  readonly linkedinUrl?: string | undefined;
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
}

/** What a lookup found. */
export interface CrmFound<Kind extends CrmKind = CrmKind> {
  /** Those that match exactly, oldest first; none where there is none. */
  readonly records: readonly CrmRecord<Kind>[];
  /** Whether nothing found means that there is nothing; else an index may lag behind. */
  readonly certain: boolean;
}

/** One row of a batch. */
export type CrmWrite =
  | { readonly op: "create"; readonly draft: CrmDraft | { [Kind in CrmKind]: CrmDraft<Kind> }[CrmKind] }
  | { readonly op: "update"; readonly change: CrmChange | { [Kind in CrmKind]: CrmChange<Kind> }[CrmKind] }
  | { readonly op: "remove"; readonly kind: CrmKind; readonly id: string };

/** What became of one row. `unknown`: it may have been written, or not. */
export type CrmWritten =
  | { readonly status: "written"; readonly record?: CrmRecord; readonly id: string }
  | { readonly status: "refused" | "unknown"; readonly error: SalesAgentError };

/** A request that came to a webhook, untouched. */
export interface CrmWebhookRequest {
  readonly method: string;
  /** As the CRM saw it, with its scheme, host and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Uint8Array;
}

/** A hint that a record changed: the record itself is fetched. */
export interface CrmHint {
  readonly kind: CrmKind;
  readonly id: string;
  readonly action: "created" | "updated" | "removed" | "merged";
  /** Told apart from others that came before; the same for one that comes twice. */
  readonly key: string;
  /** The CRM's own text of when it happened. */
  readonly at?: string;
  readonly mergedInto?: string;
}

/** A field as a CRM describes it, for mappings. */
export interface CrmFieldSchema {
  /** The CRM's own name. */
  readonly name: string;
  readonly label?: string;
  readonly type: "text" | "number" | "boolean" | "date" | "instant" | "choice" | "list" | "other";
  readonly choices?: readonly string[];
  readonly readOnly?: boolean;
  readonly unique?: boolean;
}

/**
 * A CRM, or a part of one: `crm.…` and `service.…` errors say what it refused, and whether the call may be made again.
 * What `capabilities` does not promise throws `crm.unsupported`.
 */
export interface CRMProvider extends HealthCheck {
  readonly port: "crm-provider/1";
  /** Such as `close`. */
  readonly provider: string;
  readonly capabilities: CrmCapabilities;
  /**
   * All records of a kind, each at least once if it stands for the whole walk. What changes meanwhile comes as it is then, or
   * was.
   *
   * @param from.cursor - Of a page before; absent to begin.
   */
  list<Kind extends CrmKind>(
    kind: Kind,
    from?: { readonly cursor?: string | undefined },
    call?: CrmCallOptions,
  ): AsyncIterable<CrmPage<Kind>>;
  /**
   * What changed, each at least once and its latest state last; it may come again. Pages end where there is no more, and never by
   * a total.
   *
   * @param from.cursor - Of a page before. @param from.since - ISO 8601 in UTC, where there is no cursor yet.
   */
  changes<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor: string } | { readonly since: string },
    call?: CrmCallOptions,
  ): AsyncIterable<CrmChanges<Kind>>;
  /** Reads what was written at once. One that was merged comes under its new id. Nothing for one that is gone. */
  get<Kind extends CrmKind>(
    kind: Kind,
    id: string,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind> | undefined>;
  /** As `get`, in the order asked for; nothing in the place of one that is gone. */
  getMany<Kind extends CrmKind>(
    kind: Kind,
    ids: readonly string[],
    call?: CrmCallOptions,
  ): Promise<readonly (CrmRecord<Kind> | undefined)[]>;
  /** @throws `crm.unsupported` for a key that the kind has not, before anything is asked; TypeError without any key. */
  lookup<Kind extends CrmKind>(what: CrmLookup<Kind>, call?: CrmCallOptions): Promise<CrmFound<Kind>>;
  /**
   * @throws `crm.exists` where the CRM keeps two of a kind apart; an error of `replay: "unsafe"` when it is not known whether it
   *   was made.
   */
  create<Kind extends CrmKind>(draft: CrmDraft<Kind>, call?: CrmCallOptions): Promise<CrmRecord<Kind>>;
  /**
   * One that was merged into another: either `crm.not_found`, with `mergedInto` where that is known, or the change is made on the
   * record that stands, which comes back under its own id.
   *
   * @throws `crm.not_found` where there is no such record.
   */
  update<Kind extends CrmKind>(change: CrmChange<Kind>, call?: CrmCallOptions): Promise<CrmRecord<Kind>>;
  /** One that is gone already is well. */
  remove(kind: CrmKind, id: string, call?: CrmCallOptions): Promise<void>;
  /** Several writes at once; the outcome of each, in their order. It throws only when nothing was sent. */
  writeMany(writes: readonly CrmWrite[], call?: CrmCallOptions): Promise<readonly CrmWritten[]>;
  /**
   * Checks who sent a request, over its raw bytes and in constant time, and reads what it hints at.
   *
   * @throws `crm.webhook_refused`; `crm.unsupported` where the CRM signs nothing.
   */
  verifyWebhook(request: CrmWebhookRequest): Promise<readonly CrmHint[]>;
  /** The fields that the CRM has for a kind, its custom ones included. */
  schema(kind: CrmKind, call?: CrmCallOptions): Promise<readonly CrmFieldSchema[]>;
}

/** Names of the fields of a kind. */
export type CrmFieldName<Kind extends CrmKind> = keyof CrmFields[Kind] & string;
