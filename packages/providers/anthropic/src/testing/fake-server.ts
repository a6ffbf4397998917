import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Fetch } from "@salesagent/provider-kit";

/** A request as the fake server saw it. */
export interface SeenRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** A `fetch` that answers with the given responses in order, and keeps the requests. */
export function fakeServer(...responses: readonly (() => Response)[]): { fetch: Fetch; seen: SeenRequest[] } {
  const seen: SeenRequest[] = [];
  const fetch: Fetch = async (input, init) => {
    seen.push({
      url: String(input),
      headers: new Headers(init?.headers),
      body: JSON.parse(String(init?.body)) as JsonObject,
    });
    const respond = responses[seen.length - 1];
    if (!respond) throw new Error(`unplanned request ${seen.length}`);
    return respond();
  };
  return { fetch, seen };
}

export function sse(bytes: Uint8Array, headers: Record<string, string> = {}): () => Response {
  return () =>
    new Response(bytes.slice(), {
      headers: { "content-type": "text/event-stream; charset=utf-8", ...headers },
    });
}

export function json(body: JsonValue, status = 200, headers: Record<string, string> = {}): () => Response {
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
}
