import {
  type Clock,
  type JsonValue,
  type ModelCallOptions,
  type ModelRequest,
  type ModelResult,
  systemClock,
} from "@salesagent/ports";
import { checkFunction, checkOption, checkSpan, checkWhole } from "../resilience/check-option.js";
import type { CacheStep } from "./spare-work.js";

const DAY_MS = 86_400_000;
/** So that the end of an entry is a date that every store can hold. */
const LONGEST_TTL_MS = 3_650 * DAY_MS;

/** Where a cache keeps its answers: any `Storage`, or what has this part of one. Each tenant has stores of his own. */
export interface TenantScoped<Stores> {
  tenant(id: string): Stores;
}

/** What both caches take. */
export interface AnswerCacheOptions {
  /** How long an answer is given again, in milliseconds; at most ten years. @defaultValue 86_400_000, a day */
  readonly ttlMs?: number | undefined;
  /** For calls whose `scope` names none. A call without any tenant is not cached. @defaultValue none */
  readonly tenant?: string | undefined;
  /** Answers that take more bytes are not kept. @defaultValue 1_000_000 */
  readonly maxEntryBytes?: number | undefined;
  /** Says no for calls that must ask the model. @defaultValue every call may be answered from the cache */
  readonly shouldCache?: ((request: ModelRequest, call: ModelCallOptions) => boolean) | undefined;
  /** Says no for answers that must not be given again, such as those that fail the host's own check. @defaultValue none */
  readonly shouldKeep?: ((result: ModelResult, request: ModelRequest) => boolean) | undefined;
  /** What else an answer depends on, such as the version of a prompt. @defaultValue nothing */
  readonly keyParts?: ((request: ModelRequest, call: ModelCallOptions) => JsonValue) | undefined;
  /** After this time without a reply, the store counts as away. @defaultValue 1_000 */
  readonly storeTimeoutMs?: number | undefined;
  /** Is told what failed; the call goes on without it, also when this throws itself. @defaultValue does nothing */
  readonly onStoreError?: ((error: unknown, step: CacheStep) => void) | undefined;
  /** @defaultValue the machine's own */
  readonly clock?: Clock | undefined;
}

/** {@link AnswerCacheOptions} with their defaults. */
export interface AnswerCacheSettings {
  readonly ttlMs: number;
  readonly tenant: string | undefined;
  readonly maxEntryBytes: number;
  readonly shouldCache: (request: ModelRequest, call: ModelCallOptions) => boolean;
  readonly shouldKeep: (result: ModelResult, request: ModelRequest) => boolean;
  readonly keyParts: (request: ModelRequest, call: ModelCallOptions) => JsonValue | undefined;
  readonly storeTimeoutMs: number;
  readonly onStoreError: ((error: unknown, step: CacheStep) => void) | undefined;
  readonly clock: Clock;
}

/** @throws TypeError or RangeError naming the option, such as `cache.ttlMs`. */
export function resolveAnswerCache(
  name: string,
  options: AnswerCacheOptions & { readonly storage: TenantScoped<unknown> },
): AnswerCacheSettings {
  const { storage, tenant, ttlMs = DAY_MS, maxEntryBytes = 1_000_000, storeTimeoutMs = 1_000 } = options;
  if (typeof storage?.tenant !== "function") throw new TypeError(`${name}.storage must be a Storage`);
  checkOption(`${name}.ttlMs`, ttlMs, "a number of milliseconds > 0, ten years at most", (it) => {
    return it > 0 && it <= LONGEST_TTL_MS;
  });
  checkWhole(`${name}.maxEntryBytes`, maxEntryBytes, 1);
  checkSpan(`${name}.storeTimeoutMs`, storeTimeoutMs, 1);
  for (const hook of ["shouldCache", "shouldKeep", "keyParts", "onStoreError"] as const) {
    if (options[hook] !== undefined) checkFunction(`${name}.${hook}`, options[hook]);
  }
  if (tenant !== undefined) storage.tenant(tenant);
  const { shouldCache = () => true, shouldKeep = () => true, keyParts = () => undefined } = options;
  return Object.freeze({
    ...{ tenant, ttlMs, maxEntryBytes, storeTimeoutMs, shouldCache, shouldKeep, keyParts },
    onStoreError: options.onStoreError,
    clock: options.clock ?? systemClock,
  });
}
