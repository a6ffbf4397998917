import { type ErrorCode, SalesAgentError } from "@salesagent/ports";
import { isTransient, retry } from "../resilience/retry.js";
import { attemptCall } from "./attempt-call.js";
import { prepareCall } from "./prepare-call.js";
import {
  resolveServiceClient,
  type ServiceClientOptions,
  type ServiceSettings,
} from "./service-client-options.js";
import type { ServiceAnswer, ServiceCallOptions, ServiceMethod, ServiceRequest } from "./service-request.js";
import { validated } from "./validated-answer.js";

/** A client of one service with one credential. It may be used from many places at once. */
export interface ServiceClient {
  readonly service: string;
  /**
   * Makes a call, and again where that can't act twice and time may mend it.
   *
   * @throws SalesAgentError `service.…`, with `replay: "unsafe"` where it may have acted; `breaker.open`; what `classify`, the
   *   credential and the rate budget throw; the signal's own reason, within one turn. TypeError for a request that makes no sense.
   */
  request<T = unknown>(request: ServiceRequest<T>): Promise<ServiceAnswer<T>>;
  get<T = unknown>(path: string, options?: ServiceCallOptions<T>): Promise<ServiceAnswer<T>>;
  post<T = unknown>(path: string, options?: ServiceCallOptions<T>): Promise<ServiceAnswer<T>>;
  put<T = unknown>(path: string, options?: ServiceCallOptions<T>): Promise<ServiceAnswer<T>>;
  patch<T = unknown>(path: string, options?: ServiceCallOptions<T>): Promise<ServiceAnswer<T>>;
  delete<T = unknown>(path: string, options?: ServiceCallOptions<T>): Promise<ServiceAnswer<T>>;
}

/**
 * Makes a client of an HTTP service, on which integrations stand.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const settings = resolveServiceClient(options);
  const request = <T>(wanted: ServiceRequest<T>) => call(settings, wanted);
  const method =
    (name: ServiceMethod) =>
    <T>(path: string, rest: ServiceCallOptions<T> = {}) =>
      request<T>({ ...rest, method: name, path });
  return {
    service: settings.service,
    request,
    get: method("GET"),
    post: method("POST"),
    put: method("PUT"),
    patch: method("PATCH"),
    delete: method("DELETE"),
  };
}

async function call<T>(settings: ServiceSettings, request: ServiceRequest<T>): Promise<ServiceAnswer<T>> {
  const { signal } = request;
  signal?.throwIfAborted();
  const prepared = prepareCall(settings, request);
  const { baseMs, capMs, maxWaitMs, maxElapsedMs, retries } = settings.retry;
  const answer = await retry((attempt) => attemptCall(settings, prepared, attempt, signal), {
    retries,
    baseMs,
    capMs,
    maxWaitMs,
    maxElapsedMs,
    retryable: isWorthRetrying,
    clock: settings.clock,
    random: settings.random,
    ...(signal === undefined ? {} : { signal }),
  });
  return validated(prepared, request, answer);
}

/** Time may mend these; an error that says it may act twice is not tried again all the same. */
const WORTH_RETRYING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "service.rate_limited",
  "service.unavailable",
  "service.malformed_response",
]);

function isWorthRetrying(error: unknown): boolean {
  if (!SalesAgentError.is(error)) return false;
  // Who had no time left to wait for the rate budget has none for another try.
  if (SalesAgentError.is(error.cause, "call.wait_too_long")) return false;
  return WORTH_RETRYING.has(error.code) || isTransient(error);
}
