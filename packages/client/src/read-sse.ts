import type { ClientClock } from "./client-clock.js";
import { createSseParser, type SseHints, type SseMessage } from "./sse-parser.js";
import { within } from "./within.js";

/** How a body is read. */
export interface ReadSseOptions {
  readonly hints: SseHints;
  readonly clock: ClientClock;
  /** The longest that nothing may come, heartbeats counted, in milliseconds. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * The messages of an answer's body; ends where the body ends. Reads no further than it is read.
 *
 * @throws `client.silent` when nothing came for `idleMs`, `client.malformed`, the signal's reason, and what reading throws.
 */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  { clock, idleMs, signal, hints }: ReadSseOptions,
): AsyncGenerator<SseMessage, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder(); // takes a byte order mark away
  const parse = createSseParser(hints);
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), { clock, limitMs: idleMs, signal });
      if (done) return;
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    // A connection that broke refuses it; it is let go either way.
    reader.cancel().catch(() => {});
  }
}
