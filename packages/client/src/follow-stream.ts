import { reconnectWaitMs } from "./backoff.js";
import { pause } from "./client-clock.js";
import { ClientError, malformed } from "./client-error.js";
import { type Connection, linkedSignal, pathOf } from "./connection.js";
import { readSse } from "./read-sse.js";
import type { SseMessage } from "./sse-parser.js";
import type { JsonValue, StreamEvent } from "./stream-event.js";
import { within } from "./within.js";

/** How a stream is followed. */
export interface FollowOptions {
  /** The number of the last event that is known. @defaultValue 0: from the first */
  readonly after?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How often in a row connecting may fail before the failure is thrown. @defaultValue 20, which is about 8 minutes */
  readonly maxFailures?: number | undefined;
  /** Told when the connection is lost, with the reason and how long it waits, and when it stands again. */
  readonly onConnection?: ((state: ConnectionState) => void) | undefined;
}

/** Whether events come. */
export type ConnectionState =
  | { readonly status: "open" }
  | { readonly status: "waiting"; readonly waitMs: number; readonly error?: ClientError };

interface Position {
  /** The number of the last event that was given out. */
  last: number;
  /** The server's wish, in milliseconds. */
  retryMs: number;
  /** Connections in a row that were refused, or not to be had. */
  refusals: number;
  /** Connections in a row that did not hold and brought nothing. */
  failures: number;
  ended: boolean;
}

/** A connection that held for so long was a good one, though nothing was told. */
const GOOD_AFTER_MS = 10_000;

/**
 * Every event of a stream once, in order, over as many connections as it takes; `end` is the last. Leaving the loop closes
 * the connection; the run goes on.
 *
 * @throws ClientError: what the server refuses with 4xx (but 408 and 429), an answer that is no stream of ours, and the failure
 * that was one too many; the signal's reason.
 */
export async function* followStream(
  connection: Connection,
  id: string,
  { after = 0, signal, maxFailures = 20, onConnection }: FollowOptions = {},
): AsyncGenerator<StreamEvent, void, void> {
  if (!Number.isSafeInteger(after) || after < 0)
    throw new TypeError("`after` must be a whole number from 0.");
  const { clock, random } = connection.settings;
  const position: Position = { last: after, retryMs: 1_000, refusals: 0, failures: 0, ended: false };
  for (;;) {
    let error: ClientError | undefined;
    try {
      yield* readConnection(connection, id, {
        position,
        signal,
        onOpen: () => onConnection?.({ status: "open" }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      error = toConnectionError(cause);
      if (!canGoOn(error) || position.refusals++ >= maxFailures) throw error;
    }
    if (position.ended) return;
    const hints = { baseMs: position.retryMs, hintMs: error?.retryAfterMs, random };
    const waitMs = reconnectWaitMs(position.failures++, hints);
    onConnection?.({ status: "waiting", waitMs, ...(error ? { error } : {}) });
    await pause(clock, waitMs, signal);
  }
}

async function* readConnection(
  connection: Connection,
  id: string,
  options: { position: Position; signal: AbortSignal | undefined; onOpen(): void },
): AsyncGenerator<StreamEvent, void, void> {
  const { position } = options;
  const { clock, idleMs } = connection.settings;
  const linked = linkedSignal(options.signal);
  const { signal } = linked;
  let good: { cancel(): void } | undefined;
  try {
    const headers = { accept: "text/event-stream", "last-event-id": String(position.last) };
    const opening = connection.open("GET", `${pathOf("streams", id)}/events`, { headers, signal });
    const body = bodyOf(await within(opening, { clock, limitMs: idleMs, signal }));
    position.refusals = 0;
    good = clock.schedule(GOOD_AFTER_MS, () => {
      position.failures = 0;
    });
    options.onOpen();
    for await (const message of readSse(body, { clock, idleMs, signal, hints: position })) {
      const event = toEvent(message, position);
      if (!event) continue;
      yield event;
      if (position.ended) return;
    }
  } finally {
    good?.cancel();
    linked.end();
  }
}

/** Notes that the event is known. @returns Nothing for one that is known already. */
function toEvent(message: SseMessage, position: Position): StreamEvent | undefined {
  const seq = Number(message.id);
  // An agent may have an event of this name too, but that one has a number of its own.
  if (message.event === "end" && !(seq > position.last)) {
    position.ended = true;
    return { seq: position.last, type: "end", data: readData(message) };
  }
  if (!/^\d+$/.test(message.id) || !Number.isSafeInteger(seq)) {
    throw malformed(`The stream has an event "${message.event}" without a number.`);
  }
  if (seq <= position.last) return undefined;
  const event = { seq, type: message.event, data: readData(message) };
  position.last = seq;
  position.failures = 0;
  return event;
}

export function readData({ event, data }: SseMessage): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch (cause) {
    throw malformed(`The stream has an event "${event}" that is no JSON.`, cause);
  }
}

export function bodyOf(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get("content-type") ?? "nothing";
  if (response.body && type.startsWith("text/event-stream")) return response.body;
  throw malformed(
    `Instead of an event stream the server sent ${type}: is the client's \`url\` where it is mounted?`,
  );
}

/** A connection that breaks while it is read tells in whatever words the platform has. */
export function toConnectionError(cause: unknown): ClientError {
  if (ClientError.is(cause)) return cause;
  return new ClientError(
    { code: "client.unreachable", detail: "The connection of the stream was lost." },
    cause,
  );
}

/** Whether another connection may do better. */
function canGoOn({ code, status }: ClientError): boolean {
  if (code === "client.malformed") return false;
  return status === 0 || status >= 500 || status === 408 || status === 429;
}
