import type { Fetch } from "../exchange.js";

/** A request as it was sent. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly init: RequestInit;
}

/** What comes back: made anew for each request, or thrown. */
export type Step = (request: SentRequest) => Response | Promise<Response>;

/** A `fetch` that answers by plan, the last step again and again, and keeps what was sent. */
export function scriptedFetch(...steps: readonly Step[]) {
  const sent: SentRequest[] = [];
  const fetch: Fetch = async (url, init = {}) => {
    const { body, method = "GET" } = init;
    const request: SentRequest = {
      url: String(url),
      method,
      headers: new Headers(init.headers),
      body: body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? ""),
      init,
    };
    sent.push(request);
    const step = steps[Math.min(sent.length, steps.length) - 1];
    if (!step) throw new Error("The plan has no step");
    return step(request);
  };
  return { fetch, sent };
}

/** A JSON answer. */
export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Step =>
  () =>
    Response.json(value, { status, headers });

/** An answer of any type. */
export const text =
  (body: string | null, status = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(body, { status, headers });

/** A network failure, as Node's `fetch` throws it. */
export const failure =
  (code: string, syscall?: string): Step =>
  () => {
    const cause = Object.assign(new Error(`${syscall ?? "read"} ${code}`), { code, syscall });
    throw new TypeError("fetch failed", { cause });
  };

/** Never answers. */
export const silence: Step = () => new Promise(() => {});
