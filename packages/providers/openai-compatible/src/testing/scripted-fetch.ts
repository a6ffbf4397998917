import type { JsonObject, JsonValue, ModelEvent, ModelStream } from "@salesagent/ports";
import type { Fetch } from "@salesagent/provider-kit";

/** A request as it would have gone over the wire. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** A `fetch` that answers with these replies, in order, and keeps what was sent. */
export function scriptedFetch(...replies: readonly (Response | (() => Response | Promise<Response>))[]): {
  readonly fetch: Fetch;
  readonly sent: SentRequest[];
} {
  const sent: SentRequest[] = [];
  return {
    sent,
    fetch: async (input, init) => {
      sent.push({
        url: String(input instanceof Request ? input.url : input),
        headers: new Headers(init?.headers),
        body: JSON.parse(String(init?.body)) as JsonObject,
      });
      const reply = replies[sent.length - 1];
      if (!reply) throw new Error(`Nothing is scripted for request ${sent.length}`);
      return typeof reply === "function" ? reply() : reply;
    },
  };
}

/** The text of a stream of these chunks, closed by `[DONE]`. */
export function sseText(...chunks: readonly JsonValue[]): string {
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
}

/** A response with such a stream. */
export function sseReply(text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream", ...headers } });
}

export function jsonReply(
  body: JsonValue,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers });
}

/** A chunk whose only choice has this delta. */
export function delta(fields: JsonObject, finishReason: string | null = null): JsonObject {
  return { id: "chatcmpl-1", choices: [{ index: 0, delta: fields, finish_reason: finishReason }] };
}

/** A short whole answer. */
export const HELLO = sseText(
  delta({ role: "assistant", content: "" }),
  delta({ content: "Hello" }),
  delta({ content: " there" }),
  delta({}, "stop"),
  { id: "chatcmpl-1", choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
);

export async function collect(stream: ModelStream): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
