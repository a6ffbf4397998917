import { describe, expect, it, vi } from "vitest";
import { type Fetch, guardedFetch } from "./guarded-fetch.js";
import { WireFailure } from "./wire-failure.js";

function recorded(response: () => Response) {
  return vi.fn<Fetch>(async () => response());
}
const sentHeaders = (fetch: ReturnType<typeof recorded>) =>
  Object.fromEntries(new Headers(fetch.mock.calls[0]?.[1]?.headers));

describe("guardedFetch", () => {
  it("sends what the SDK needs and what the adapter set, and nothing else", async () => {
    const fetch = recorded(() => new Response("ok"));
    const headers = {
      Authorization: "Bearer sk-1",
      "Content-Type": "application/json",
      "X-Title": "ours",
      "OpenAI-Organization": "org-of-another-vendor",
      "X-Company-Secret": "from OPENAI_CUSTOM_HEADERS",
      "X-Stainless-Os": "Linux",
    };
    await guardedFetch(fetch, new Set(["x-title"]))("https://acme.test", { method: "POST", headers });

    expect(sentHeaders(fetch)).toEqual({
      authorization: "Bearer sk-1",
      "content-type": "application/json",
      "x-title": "ours",
    });
    expect(fetch.mock.calls[0]?.[1]?.method).toBe("POST");
  });

  it("takes another list of the SDK's headers", async () => {
    const fetch = recorded(() => new Response("ok"));
    const headers = { authorization: "Bearer sk-1", accept: "*/*" };
    await guardedFetch(fetch, new Set(), new Set(["accept"]))("https://acme.test", { headers });
    expect(sentHeaders(fetch)).toEqual({ accept: "*/*" });
  });

  it("passes the signal and the response on", async () => {
    const response = new Response("ok");
    const fetch = recorded(() => response);
    const { signal } = new AbortController();
    expect(await guardedFetch(fetch, new Set())("https://acme.test", { signal })).toBe(response);
    expect(fetch.mock.calls[0]?.[1]?.signal).toBe(signal);
  });

  it("reads the body of a refusal itself", async () => {
    const body = '{"message":"Too many","type":"too_many_requests_error","code":"request_quota_exceeded"}';
    const fetch = recorded(() => new Response(body, { status: 429 }));
    const failure: unknown = await guardedFetch(
      fetch,
      new Set(),
    )("https://acme.test").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WireFailure);
    expect(failure).toMatchObject({
      init: { status: 429, vendorCode: "request_quota_exceeded", vendorMessage: "Too many" },
    });
  });
});
