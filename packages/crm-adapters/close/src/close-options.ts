import type {
  Fetch,
  RateBudget,
  Secret,
  ServiceBreakerOptions,
  ServiceCallEvent,
  ServiceLimits,
  ServiceRetryOptions,
  TokenSource,
} from "@salesagent/core/http";
import { type Clock, systemClock } from "@salesagent/ports";
import { type CloseMapping, checkMapping } from "./custom-fields.js";

/** How to prove to Close who calls: a key of a user's, or tokens of an app's. */
export type CloseCredential = { readonly apiKey: Secret } | { readonly oauth: TokenSource };

/** Keys of webhook subscriptions, in hexadecimal as Close gave them; a function reads them for each request. */
export type SignatureKeys =
  | string
  | readonly string[]
  | (() => readonly string[] | Promise<readonly string[]>);

/** How the adapter is set up. */
export interface CloseOptions {
  /** @defaultValue "https://api.close.com/api/v1" */
  readonly baseUrl?: string;
  /** Custom fields by names of the host's. @defaultValue none */
  readonly mapping?: CloseMapping;
  /** Records a page, 1–200. @defaultValue 100 */
  readonly pageSize?: number;
  /** The longest that search is expected to be behind, in milliseconds. @defaultValue 30_000 */
  readonly indexLagMs?: number;
  /** How far back changes are read again, since search is behind, in milliseconds; at least `indexLagMs`. @defaultValue twice `indexLagMs` */
  readonly overlapMs?: number;
  /** How far back events are read again, since Close consolidates them, in milliseconds. @defaultValue 300_000 */
  readonly eventOverlapMs?: number;
  readonly webhook?: {
    readonly signatureKeys: SignatureKeys;
    /** How far a request's time may be from ours, both ways, in milliseconds. @defaultValue 300_000 */
    readonly toleranceMs?: number;
    /** @defaultValue 5_242_880 */
    readonly maxBodyBytes?: number;
  };
  /** Shares Close's limits among all who use the credential. @defaultValue one of this adapter's own, which learns from Close's headers */
  readonly rateBudget?: RateBudget;
  readonly retry?: ServiceRetryOptions | false;
  readonly breaker?: ServiceBreakerOptions | false;
  readonly limits?: ServiceLimits;
  /** Is told of every exchange, without queries, ids and bodies. */
  readonly onCall?: (event: ServiceCallEvent) => void;
  /** @defaultValue globalThis.fetch */
  readonly fetch?: Fetch;
  /** @defaultValue systemClock */
  readonly clock?: Clock;
  /** @defaultValue Math.random */
  readonly random?: () => number;
}

/** The options with nothing left open that the adapter itself needs. */
export interface CloseSettings {
  readonly mapping: CloseMapping;
  readonly pageSize: number;
  readonly indexLagMs: number;
  readonly overlapMs: number;
  readonly eventOverlapMs: number;
  readonly clock: Clock;
}

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function resolveClose(options: CloseOptions): CloseSettings {
  const { pageSize = 100, indexLagMs = 30_000, clock = systemClock } = options;
  const { overlapMs = 2 * indexLagMs, eventOverlapMs = 300_000 } = options;
  checkWhole("pageSize", pageSize, 1, 200);
  checkWhole("indexLagMs", indexLagMs, 0);
  checkWhole("overlapMs", overlapMs, indexLagMs);
  checkWhole("eventOverlapMs", eventOverlapMs, 0);
  const mapping = checkMapping(options.mapping ?? {});
  return Object.freeze({ mapping, pageSize, indexLagMs, overlapMs, eventOverlapMs, clock });
}

function checkWhole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`close.${name} must be a whole number ${range}, got ${value}`);
}
