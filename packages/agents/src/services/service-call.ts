import { type JsonValue, type Replay, SalesAgentError, untilAborted } from "@salesagent/ports";
import type { Fetch } from "../egress/fetch.js";
import { readLimited } from "../egress/read-limited.js";
import { unreachable } from "../egress/unreachable.js";
import { failureOfStatus } from "./service-failure.js";

/** A request to a service that the host app has configured. */
export interface ServiceCall {
  /** For errors, such as `perplexity`. */
  readonly service: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  /** @defaultValue the platform's `fetch` */
  readonly fetch: Fetch | undefined;
  /** What must not be in an error, even where the service repeats it. */
  readonly secrets: readonly string[];
  /** True for what acts on others: once it was sent and no answer came, it may have happened. @defaultValue false */
  readonly acts?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The most that a JSON answer may have; more is a broken or hostile server. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;
const MAX_ERROR_BYTES = 16 * 1024;

/** Whether a call that failed somewhere on its way may be made again. */
function replayOf({ acts = false }: Pick<ServiceCall, "acts">): Replay {
  return acts ? "unsafe" : "safe";
}

/**
 * Sends a request. A redirect is a failure: it would carry the key to wherever it points.
 *
 * @returns The response, whose body is not read yet and whose status is a success.
 * @throws `service.…`, or the signal's own reason.
 */
export async function callService(call: ServiceCall): Promise<Response> {
  const { service, url, method, headers, body, signal } = call;
  const { fetch = (input, init) => globalThis.fetch(input, init) } = call;
  signal?.throwIfAborted();
  const request = { method, headers: { "user-agent": "salesagent", ...headers }, redirect: "error" } as const;
  const init = { ...request, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) };
  try {
    const response = await untilAborted(fetch(url, init), signal);
    if (response.ok) return response;
    const { bytes } = await readLimited(response.body, MAX_ERROR_BYTES, signal);
    throw failureOfStatus(call, response, new TextDecoder().decode(bytes));
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(service, error, replayOf(call));
  }
}

/**
 * Sends a request and reads its answer as JSON.
 *
 * @throws `service.…`, or the signal's own reason.
 */
export async function callForJson(call: ServiceCall): Promise<JsonValue> {
  const response = await callService(call);
  const { bytes, truncated } = await readLimited(response.body, MAX_JSON_BYTES, call.signal).catch(
    (error: unknown) => {
      call.signal?.throwIfAborted();
      throw unreachable(call.service, error, replayOf(call));
    },
  );
  if (truncated) throw malformed(call, `is longer than ${MAX_JSON_BYTES} bytes`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
  } catch (error) {
    throw malformed(call, "is not JSON", error);
  }
}

/** The error of an answer that is not what the service documents. */
export function malformed(
  call: Pick<ServiceCall, "service" | "acts">,
  problem: string,
  cause?: unknown,
): SalesAgentError<"service.malformed_response"> {
  return new SalesAgentError("service.malformed_response", {
    message: `The answer of ${call.service} ${problem}. Check its base URL.`,
    facts: { service: call.service },
    replay: replayOf(call),
    cause,
  });
}
