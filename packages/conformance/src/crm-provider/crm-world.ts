import type {
  CRMProvider,
  CrmChange,
  CrmDraft,
  CrmKind,
  CrmWebhookRequest,
  JsonValue,
} from "@salesagent/ports";

/** Worlds over a socket may answer later; those in memory answer at once. */
export type Awaitable<T> = T | Promise<T>;

/** A record as the CRM itself holds it. */
export interface CrmWorldRecord {
  /** Those of {@link CrmWorld}'s plain fields that it has, in normal form. */
  readonly fields: object;
  /** The CRM's own text. Where absent, the adapter's isn't compared with it. */
  readonly updatedAt?: string;
}

/** A write that reached the CRM and was not turned away for who sent it or how often; a batch counts once a row. */
export interface CrmWorldWrite {
  readonly op: "create" | "update" | "remove";
  readonly kind: CrmKind;
  /** Names of the fields that were sent, in the CRM's own words; how the record is addressed is left out. */
  readonly sent: readonly string[];
}

/**
 * What goes wrong with a request.
 *
 * - `response-lost`: the work is done, then the connection breaks. `request-lost`: it breaks before.
 * - `rate-limited`: 429, with the wait in the CRM's own way where one is given. `server-error`: 500, and no work is done.
 * - `unauthorised`: 401. `cut-body`: a sound status, and half of the body. `silent`: no answer until the request is given up.
 */
export type CrmWorldFault =
  | {
      readonly type:
        | "response-lost"
        | "request-lost"
        | "server-error"
        | "unauthorised"
        | "cut-body"
        | "silent";
    }
  | { readonly type: "rate-limited"; readonly retryAfterMs?: number };

/** Which requests a fault befalls. */
export interface CrmWorldFaultScope {
  /** `write`: such as change a record; a search by POST is a `read`. @defaultValue both */
  readonly on?: "read" | "write" | undefined;
  /** How many of them pass before. @defaultValue 0 */
  readonly after?: number | undefined;
  /** How many of them it befalls. @defaultValue 1 */
  readonly times?: number | undefined;
}

/** What a webhook is to tell. */
export interface CrmWorldEvent {
  readonly kind: CrmKind;
  readonly id: string;
  readonly action: "created" | "updated" | "removed";
}

/** How a webhook is signed. */
export interface CrmWorldSigning {
  /** With another secret than the adapter has. @defaultValue false */
  readonly wrongSecret?: boolean | undefined;
  /** By which the signature's own time is off, in milliseconds; below 0 is the past. @defaultValue 0 */
  readonly offsetMs?: number | undefined;
}

/**
 * The CRM behind the adapter under test, as its users, its clock and its network have it. Of a record's fields its users touch
 * only plain ones, as far as the adapter's capabilities name them: `firstName`, `lastName`, `email`, `phone` and `title` of
 * contacts, `name` and `domain` of companies, `name` and `amountMinor` with `currency` of deals, `type` and `body` of activities.
 */
export interface CrmWorld {
  /** As a user makes a record. Answers with its id. At a clock that stands still, stamps are as equal as the CRM makes them. */
  create(draft: CrmDraft): Awaitable<string>;
  /** As a user changes a record. */
  edit(change: CrmChange): Awaitable<void>;
  /** As a user removes a record. */
  remove(kind: CrmKind, id: string): Awaitable<void>;
  /**
   * As a user merges two records. Answers with the id of the one that stands then. Absent where no kind can be merged;
   * `undefined` where this one can't.
   */
  merge?(kind: CrmKind, survivorId: string, loserId: string): Awaitable<string | undefined>;
  read(kind: CrmKind, id: string): Awaitable<CrmWorldRecord | undefined>;
  /** Ids of all records that stand. */
  standing(kind: CrmKind): Awaitable<readonly string[]>;
  /** All writes so far that came by the adapter, oldest first. */
  writes(): Awaitable<readonly CrmWorldWrite[]>;
  /** How many requests of the adapter reached the CRM, those that went wrong included. */
  requests(): Awaitable<number>;
  fail(fault: CrmWorldFault, scope?: CrmWorldFaultScope): Awaitable<void>;
  /** Lets time go by, for the CRM and for the adapter's own clock. */
  pass(ms: number): Awaitable<void>;
  /** A request as the CRM sends it to a webhook, signed. Absent where the CRM signs none. */
  webhook?(event: CrmWorldEvent, signing?: CrmWorldSigning): Awaitable<CrmWebhookRequest>;
}

/** Two values of each field of a kind that take part in the round trip. */
export interface CrmSamples {
  /** What a record is made with. */
  readonly first: Readonly<Record<string, JsonValue>>;
  /** What it is changed to. */
  readonly second: Readonly<Record<string, JsonValue>>;
}

/** A custom field that the CRM has, and the adapter's mapping too. */
export interface CrmCustomSample {
  readonly kind: CrmKind;
  /** By the mapping. */
  readonly name: string;
  /** By the CRM's own schema. */
  readonly vendorName: string;
  readonly first: JsonValue;
  readonly second: JsonValue;
}

/** An adapter, and the world of the CRM behind it. */
export interface CrmSetup {
  /** Made with {@link PLANTED_KEY} for a key, token and secret, and with a clock that `world.pass` moves. */
  readonly provider: CRMProvider;
  /** Holds no records yet. */
  readonly world: CrmWorld;
  /** Ends what the case opened. */
  close?(): Awaitable<void>;
}
