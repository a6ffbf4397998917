import type { JsonObject } from "@salesagent/ports";
import type { Fetch } from "./guarded-fetch.js";

/** How one body is posted. */
export interface JsonPost {
  /** @defaultValue the platform's `fetch` */
  readonly fetch: Fetch | undefined;
  /** Later ones win, whatever their letters' case. */
  readonly headers: readonly (Readonly<Record<string, string>> | undefined)[];
  readonly signal: AbortSignal;
}

/** Posts a body as JSON. A redirect is a failure: it would carry the key to wherever it points. */
export function postJson(url: string, body: JsonObject, post: JsonPost): Promise<Response> {
  const headers: Record<string, string> = { "content-type": "application/json", "user-agent": "salesagent" };
  for (const given of post.headers) {
    for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = value;
  }
  const { fetch = (input, init) => globalThis.fetch(input, init), signal } = post;
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal, redirect: "error" });
}
