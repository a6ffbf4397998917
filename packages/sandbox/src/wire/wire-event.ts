import type { JsonValue } from "@salesagent/ports";

/**
 * One piece of a body as its format counts them. `head` opens the answer, `token` carries some of it, `finish` tells its
 * end or usage, `end` is the format's end mark, `comment` is no event at all, `body` is a whole answer.
 */
export interface WireEvent {
  readonly kind: "head" | "token" | "finish" | "end" | "comment" | "body";
  /** The text on the wire, line ends included. */
  readonly text: string;
}

/** An SSE event without a name. */
export function sseEvent(kind: WireEvent["kind"], data: JsonValue): WireEvent {
  return { kind, text: `data: ${JSON.stringify(data)}\n\n` };
}

/** An SSE event with a name. */
export function namedSseEvent(kind: WireEvent["kind"], name: string, data: JsonValue): WireEvent {
  return { kind, text: `event: ${name}\ndata: ${JSON.stringify(data)}\n\n` };
}

/** An SSE comment, which readers must pass over. */
export function sseComment(text: string): WireEvent {
  return { kind: "comment", text: `: ${text}\n\n` };
}

/** What ends a stream of OpenAI's dialect. */
export const SSE_DONE: WireEvent = { kind: "end", text: "data: [DONE]\n\n" };

/** A line of NDJSON. */
export function ndjsonLine(kind: WireEvent["kind"], data: JsonValue): WireEvent {
  return { kind, text: `${JSON.stringify(data)}\n` };
}

/** A whole answer. */
export function jsonBody(data: JsonValue): WireEvent {
  return { kind: "body", text: JSON.stringify(data) };
}
