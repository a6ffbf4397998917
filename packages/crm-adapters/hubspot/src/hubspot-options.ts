import type { Secret, ServiceClientOptions, TokenSource } from "@salesagent/core/http";
import { type Clock, type CrmKind, systemClock } from "@salesagent/ports";
import type { HubspotVersion } from "./hubspot-paths.js";
import type { PropertyType } from "./property-values.js";
import type { SignatureVersion } from "./verify-signature.js";

/** How the adapter proves who it is: one of the two. */
export type HubspotAuth =
  /** A service key or the token of a private app. */
  | { readonly token: Secret; readonly oauth?: undefined }
  /** Tokens of an app that users install. They last for half an hour. */
  | { readonly oauth: TokenSource; readonly token?: undefined };

/** A property that the host keeps in step under a name of its own. */
export interface HubspotCustomField {
  /** HubSpot's name of it. */
  readonly property: string;
  readonly type: PropertyType;
  /** Never written. @defaultValue false */
  readonly readOnly?: boolean;
}

/** Properties by the host's names, for each kind. */
export type HubspotMapping = { readonly [Kind in CrmKind]?: Readonly<Record<string, HubspotCustomField>> };

/** Another property for one of our own fields, or `false` to leave the field alone. Only for fields that are plain texts. */
export type HubspotFields = { readonly [Kind in CrmKind]?: Readonly<Record<string, string | false>> };

/** How requests to the webhook are proved. */
export interface HubspotWebhookOptions {
  /** The app's client secret; several while one takes the place of another. */
  readonly secret: Secret | readonly Secret[];
  /**
   * Signatures that are accepted. v1 and v2 have no time, so that old requests can be sent again.
   *
   * @defaultValue ["v3"]
   */
  readonly signatures?: readonly SignatureVersion[];
  /** How far a signature's time may be off, both ways, in milliseconds. @defaultValue 300_000 */
  readonly toleranceMs?: number;
  /** Bytes of a body. @defaultValue 1 MiB */
  readonly maxBytes?: number;
  /** The account: events of others, which come to the same address, are passed over. @defaultValue events of all accounts */
  readonly portalId?: number;
}

/** How changes are found. */
export interface HubspotChangesOptions {
  /**
   * How far a window reaches back into the one before, for rows that searches tell of late, in milliseconds.
   *
   * @defaultValue 60_000
   */
  readonly overlapMs?: number;
  /** How long after a window it is walked a second time, in milliseconds; `false` never. @defaultValue 3_600_000 */
  readonly secondPassMs?: number | false;
  /** How much time a second pass covers at least, in milliseconds. @defaultValue 900_000 */
  readonly secondPassEveryMs?: number;
  /** Where removals come from: the list of archived records, or nowhere. @defaultValue "archived" */
  readonly removals?: "archived" | "none";
}

/** The journal, which tells what changed in its order; for apps with the scopes of it. */
export interface HubspotJournalOptions {
  /** Tokens by client credentials, with `developer.webhooks_journal.read`. */
  readonly oauth: TokenSource;
  /** The account, as the journal has the events of all that installed the app. */
  readonly portalId: number;
}

/** What the adapter takes beside its credential. */
export interface HubspotOptions {
  /** @defaultValue "2026-03" */
  readonly version?: HubspotVersion | undefined;
  /** @defaultValue "https://api.hubapi.com" */
  readonly baseUrl?: string | undefined;
  readonly mapping?: HubspotMapping | undefined;
  readonly fields?: HubspotFields | undefined;
  /** A property with unique values that holds the host's own id, by kind. Lookups by it find what was just written. */
  readonly externalIdProperty?: { readonly [Kind in CrmKind]?: string } | undefined;
  /** The account's currency, for deals that name none; ISO 4217. @defaultValue "USD" */
  readonly currency?: string | undefined;
  /** The account's time zone, in which its day of calls ends. @defaultValue "UTC" */
  readonly timeZone?: string | undefined;
  readonly webhook?: HubspotWebhookOptions | undefined;
  readonly changes?: HubspotChangesOptions | undefined;
  /** Takes changes from the journal in place of searches. @defaultValue searches */
  readonly journal?: HubspotJournalOptions | undefined;
  /** Retries, limits, breaker, rate budget and telemetry of the HTTP client. */
  readonly http?: Pick<
    ServiceClientOptions,
    "retry" | "limits" | "breaker" | "rateBudget" | "telemetry" | "onCall"
  >;
  /** @defaultValue globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** @defaultValue systemClock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options with nothing left open. */
export interface ResolvedHubspot {
  readonly version: HubspotVersion;
  readonly baseUrl: string;
  readonly mapping: HubspotMapping;
  readonly fields: HubspotFields;
  readonly externalIdProperty: { readonly [Kind in CrmKind]?: string };
  readonly currency: string;
  readonly timeZone: string;
  readonly webhook: HubspotWebhookOptions | undefined;
  readonly changes: Required<HubspotChangesOptions>;
  readonly journal: HubspotJournalOptions | undefined;
  readonly http: NonNullable<HubspotOptions["http"]>;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

const VERSIONS: readonly HubspotVersion[] = ["2026-03", "2026-09", "v3"];

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function resolveHubspot(options: HubspotOptions): ResolvedHubspot {
  const { version = "2026-03", currency = "USD", timeZone = "UTC" } = options;
  if (!VERSIONS.includes(version)) {
    throw new RangeError(`hubspot.version must be one of ${VERSIONS.join(", ")}, got ${version}`);
  }
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new RangeError(`hubspot.currency must be a code such as USD, got ${currency}`);
  }
  if (!isTimeZone(timeZone)) throw new RangeError(`hubspot.timeZone must be an IANA name, got ${timeZone}`);
  const webhook = options.webhook;
  checkCount("webhook.toleranceMs", webhook?.toleranceMs);
  checkCount("webhook.maxBytes", webhook?.maxBytes);
  return {
    version,
    currency,
    timeZone,
    baseUrl: options.baseUrl ?? "https://api.hubapi.com",
    mapping: options.mapping ?? {},
    fields: options.fields ?? {},
    externalIdProperty: options.externalIdProperty ?? {},
    webhook,
    changes: resolveChanges(options.changes),
    journal: options.journal,
    http: options.http ?? {},
    fetch: options.fetch,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function resolveChanges(given: HubspotChangesOptions = {}): Required<HubspotChangesOptions> {
  const {
    overlapMs = 60_000,
    secondPassMs = 3_600_000,
    secondPassEveryMs = 900_000,
    removals = "archived",
  } = given;
  checkCount("changes.overlapMs", overlapMs);
  checkCount("changes.secondPassMs", secondPassMs === false ? undefined : secondPassMs);
  checkCount("changes.secondPassEveryMs", secondPassEveryMs);
  if (removals !== "archived" && removals !== "none") {
    throw new RangeError(`hubspot.changes.removals must be archived or none, got ${removals}`);
  }
  return { overlapMs, secondPassMs, secondPassEveryMs, removals };
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return;
  throw new RangeError(`hubspot.${name} must be a number ≥ 0, got ${value}`);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
