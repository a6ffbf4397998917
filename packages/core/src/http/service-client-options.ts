import { type Clock, systemClock } from "@salesagent/ports";
import { checkSpan, checkWhole } from "../resilience/check-option.js";
import type { CircuitBreaker } from "../resilience/circuit-breaker.js";
import { safeTelemetry } from "../telemetry/safe-telemetry.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import type { ExchangeLimits, Fetch } from "./exchange.js";
import type { RateBudget } from "./rate-budget.js";
import type { RateFactReader } from "./rate-facts.js";
import { readRateFacts } from "./read-rate-facts.js";
import { resolveBaseUrl } from "./request-url.js";
import type { ServiceAuth } from "./service-auth.js";
import { type ServiceBreakerOptions, serviceBreaker } from "./service-breaker.js";
import type { ServiceCallEvent } from "./service-call-event.js";
import type { FailureClassifier } from "./service-failure.js";
import type { ServiceLimits } from "./service-request.js";

/** When a call is tried again. Waits are random up to a bound that doubles, and never shorter than what the service asks for. */
export interface ServiceRetryOptions {
  /** Tries after the first, a whole number. @defaultValue 3 */
  readonly retries?: number | undefined;
  /** Upper bound of the first wait, in milliseconds. @defaultValue 500 */
  readonly baseMs?: number | undefined;
  /** Upper bound of a wait that nobody told, in milliseconds. @defaultValue 20,000 */
  readonly capMs?: number | undefined;
  /**
   * A longer wait, told by the service or by the rate budget, ends the call with `service.rate_limited` and its `retryAfterMs`, so
   * that a job can be parked, in milliseconds. @defaultValue 60,000
   */
  readonly maxWaitMs?: number | undefined;
  /** No try begins later than this after the start, in milliseconds. @defaultValue 180,000 */
  readonly maxElapsedMs?: number | undefined;
  /** Takes a 503 with Retry-After as not processed, for services that say so. @defaultValue false */
  readonly unavailableIsNotProcessed?: boolean | undefined;
}

/** What a service client stands on. Nothing happens before its first call. */
export interface ServiceClientOptions {
  /** Names the service in errors and traces, such as `hubspot`; 1–100 characters. */
  readonly service: string;
  /** What paths are below, such as `https://api.example.com/v1`. */
  readonly baseUrl: string | URL;
  /** @defaultValue no credentials */
  readonly auth?: ServiceAuth | undefined;
  /** Headers of every call, such as a pinned version; not for credentials. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly limits?: ServiceLimits | undefined;
  /** @defaultValue three more tries of what may be made twice */
  readonly retry?: ServiceRetryOptions | false | undefined;
  /** A breaker that several clients share, or how one is made. @defaultValue one of this client's own */
  readonly breaker?: CircuitBreaker | ServiceBreakerOptions | false | undefined;
  /** Keeps to the service's rate limits, with everybody who has the same credential. @defaultValue waits only when told to */
  readonly rateBudget?: RateBudget | undefined;
  /** @defaultValue reads every dialect that {@link readRateFacts} knows */
  readonly readRateFacts?: RateFactReader | undefined;
  /** Reads failed answers as the service means them. */
  readonly classify?: FailureClassifier | undefined;
  /** Is told of every exchange, without queries, ids and bodies. What it throws goes nowhere. */
  readonly onCall?: ((event: ServiceCallEvent) => void) | undefined;
  /** @defaultValue none */
  readonly telemetry?: Telemetry | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options with nothing left open. */
export interface ServiceSettings {
  readonly service: string;
  readonly baseUrl: URL;
  readonly auth: ServiceAuth | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ExchangeLimits;
  readonly retry: Readonly<
    Required<{ [K in keyof ServiceRetryOptions]: NonNullable<ServiceRetryOptions[K]> }>
  >;
  readonly breaker: CircuitBreaker | undefined;
  readonly rateBudget: RateBudget | undefined;
  readonly readRateFacts: RateFactReader;
  readonly classify: FailureClassifier;
  readonly onCall: ((event: ServiceCallEvent) => void) | undefined;
  readonly telemetry: Telemetry;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: () => number;
}

const MIB = 1024 * 1024;

const LIMITS: ExchangeLimits = {
  requestBytes: 16 * MIB,
  responseBytes: 16 * MIB,
  headersMs: 30_000,
  totalMs: 60_000,
  redirects: 0,
};

const RETRY = {
  retries: 3,
  baseMs: 500,
  capMs: 20_000,
  maxWaitMs: 60_000,
  maxElapsedMs: 180_000,
  unavailableIsNotProcessed: false,
};

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function resolveServiceClient(options: ServiceClientOptions): ServiceSettings {
  const { service, clock = systemClock } = options;
  if (typeof service !== "string" || service.length < 1 || service.length > 100) {
    throw new TypeError("serviceClient.service must be a text of 1 to 100 characters");
  }
  const baseUrl = resolveBaseUrl(options.baseUrl);
  return {
    service,
    baseUrl,
    auth: checkAuth(options.auth),
    headers: lowerNames(options.headers ?? {}),
    limits: resolveLimits(options.limits),
    retry: resolveRetry(options.retry),
    breaker: serviceBreaker(options.breaker, `${service} ${baseUrl.host}`, clock),
    rateBudget: options.rateBudget,
    readRateFacts: options.readRateFacts ?? readRateFacts,
    classify: options.classify ?? (() => undefined),
    onCall: options.onCall,
    telemetry: safeTelemetry(options.telemetry ?? noTelemetry),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    random: options.random ?? Math.random,
  };
}

function resolveRetry(given: ServiceClientOptions["retry"]): ServiceSettings["retry"] {
  const retry = { ...RETRY, ...(given === false ? { retries: 0 } : defined(given)) };
  checkWhole("serviceClient.retry.retries", retry.retries, 0);
  for (const name of ["baseMs", "capMs", "maxWaitMs", "maxElapsedMs"] as const) {
    checkSpan(`serviceClient.retry.${name}`, retry[name], 0);
  }
  return retry;
}

/** @throws RangeError naming the limit that makes no sense. */
export function resolveLimits(given: ServiceLimits = {}, standard: ExchangeLimits = LIMITS): ExchangeLimits {
  const limits = { ...standard, ...defined(given) };
  for (const [name, value] of Object.entries(limits)) {
    const least = name === "redirects" ? 0 : 1;
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(`serviceClient.limits.${name} must be a whole number ≥ ${least}, got ${value}`);
    }
  }
  return limits;
}

/** Names in lower case, so that a later header replaces an earlier one whatever its letters. */
export function lowerNames(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return Object.fromEntries(entries);
}

/** What is set; `undefined` counts as left out. */
function defined<T extends object>(given: T | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [K in keyof T]?: NonNullable<T[K]> };
}

function checkAuth(auth: ServiceAuth | undefined): ServiceAuth | undefined {
  if (auth === undefined) return undefined;
  const isKnown = ["bearer", "basic", "header", "oauth", "custom"].includes(auth.type);
  if (!isKnown) throw new TypeError("serviceClient.auth.type must be bearer, basic, header, oauth or custom");
  if (auth.type === "header" && !/^[!#$%&'*+.^_`|~\w-]+$/.test(auth.name)) {
    throw new TypeError("serviceClient.auth.name must be the name of a header");
  }
  return auth;
}
