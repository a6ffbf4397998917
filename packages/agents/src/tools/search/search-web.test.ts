import { describe, expect, it } from "vitest";
import { callTool } from "../../testing/call-tool.js";
import { loopbackServer } from "../../testing/loopback-server.js";
import { json, type PlannedAnswer, recordedFetch } from "../../testing/recorded-fetch.js";
import { perplexity } from "./perplexity.js";
import { searchWeb } from "./search-web.js";
import { searxng } from "./searxng.js";

const KEY = "pplx-planted-0123456789";
const page = (url: string, extra: object = {}) => ({
  url,
  title: `Title of ${url}`,
  content: "words",
  ...extra,
});

describe("searxng", () => {
  const search = (...answers: readonly PlannedAnswer[]) => {
    const { fetch, calls } = recordedFetch(...answers);
    return { calls, backend: searxng({ baseUrl: "http://localhost:8888/", fetch, language: "en" }) };
  };

  it("asks in the server's terms and lists what it found", async () => {
    const results = [
      page("https://a.test/", { publishedDate: "2026-03-01" }),
      page("https://a.test/"),
      page("javascript:alert(1)"),
      page("https://b.test/"),
      page("https://c.test/"),
    ];
    const { backend, calls } = search(
      json({ query: "q", results, unresponsive_engines: [["google", "timeout"]] }),
    );
    const found = await backend.search({ text: "crm & sales", maxResults: 2, recency: "week" });

    expect(calls[0]?.url).toBe(
      "http://localhost:8888/search?q=crm+%26+sales&format=json&language=en&time_range=month",
    );
    expect(found).toEqual({
      hits: [
        {
          url: "https://a.test/",
          title: "Title of https://a.test/",
          snippet: "words",
          publishedAt: "2026-03-01",
        },
        { url: "https://b.test/", title: "Title of https://b.test/", snippet: "words" },
      ],
      silentEngines: ["google"],
    });
  });

  it("tells nothing found from nobody asked", async () => {
    const none = search(json({ results: [], unresponsive_engines: [] })).backend;
    const silent = search(
      json({
        results: [],
        unresponsive_engines: [
          ["google", "timeout"],
          ["bing", "CAPTCHA"],
        ],
      }),
    ).backend;
    const query = { text: "q", maxResults: 5 };

    expect(await none.search(query)).toEqual({ hits: [] });
    await expect(silent.search(query)).rejects.toMatchObject({
      code: "service.unavailable",
      message: expect.stringContaining("google, bing"),
    });
  });

  it("says how to let the server answer in JSON", async () => {
    const { backend } = search(() => new Response("Forbidden", { status: 403 }));
    await expect(backend.search({ text: "q", maxResults: 5 })).rejects.toMatchObject({
      code: "service.refused",
      message: expect.stringContaining("formats: [html, json]"),
    });
  });

  it.each([
    ["an HTML page", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["no list", json({ answers: [] })],
    ["a list", json([])],
  ])("does not take %s for an answer", async (_, answer) => {
    await expect(search(answer).backend.search({ text: "q", maxResults: 5 })).rejects.toMatchObject({
      code: "service.malformed_response",
    });
  });

  it("refuses a base URL that is none", () => {
    expect(() => searxng({ baseUrl: "localhost:8888" })).toThrow(/searxng\.baseUrl/);
  });
});

describe("perplexity", () => {
  it("asks for pages with the key, and lists them", async () => {
    const results = [
      { title: "A", url: "https://a.test/", snippet: "words", date: "2026-01-02", last_updated: "x" },
    ];
    const { fetch, calls, bodyOf } = recordedFetch(json({ id: "1", results }));
    const backend = perplexity({ apiKey: async () => KEY, domains: ["a.test"], fetch });

    expect(await backend.search({ text: "q", maxResults: 3, recency: "day" })).toEqual({
      hits: [{ title: "A", url: "https://a.test/", snippet: "words", publishedAt: "2026-01-02" }],
    });
    expect(calls[0]?.url).toBe("https://api.perplexity.ai/search");
    expect(new Headers(calls[0]?.init.headers).get("authorization")).toBe(`Bearer ${KEY}`);
    expect(bodyOf(0)).toEqual({
      query: "q",
      max_results: 3,
      search_recency_filter: "day",
      search_domain_filter: ["a.test"],
    });
  });

  it.each([
    [401, { error: { message: `bad key ${KEY}`, type: "invalid_api_key", code: 401 } }, "service.auth"],
    [402, { error: { message: "no credit" } }, "service.quota_exhausted"],
    [429, { error: { message: "slow down" } }, "service.rate_limited"],
    [400, { detail: "no query" }, "service.refused"],
    [502, "<html>bad gateway</html>", "service.unavailable"],
  ])("tells what a %i means, without the key", async (status, body, code) => {
    const headers = { "retry-after": "7", "x-request-id": "r-1" };
    const { fetch } = recordedFetch(() => new Response(JSON.stringify(body), { status, headers }));
    const failure = perplexity({ apiKey: KEY, fetch }).search({ text: "q", maxResults: 3 });

    await expect(failure).rejects.toMatchObject({
      code,
      facts: { service: "perplexity", status, retryAfterMs: 7_000, requestId: "r-1" },
    });
    expect(JSON.stringify(await failure.catch((error) => [error, error.message]))).not.toContain(KEY);
  });

  it.each(["", "two words", "línea"])("does not send the key %j", async (apiKey) => {
    const { fetch, calls } = recordedFetch(json({}));
    await expect(perplexity({ apiKey, fetch }).search({ text: "q", maxResults: 1 })).rejects.toMatchObject({
      code: "service.auth",
    });
    expect(calls).toEqual([]);
  });

  it("rejects with the caller's own reason while the service hangs", async () => {
    const caller = new AbortController();
    const reason = new Error("left");
    const backend = perplexity({ apiKey: KEY, fetch: () => new Promise(() => {}) });
    const pending = backend.search({ text: "q", maxResults: 1 }, { signal: caller.signal });
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it("does not carry the key to where a redirect points", async () => {
    await using other = await loopbackServer((_request, response) => response.end("{}"));
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(307, { location: other.url }).end();
    });
    const backend = perplexity({ apiKey: KEY, baseUrl: server.url });
    await expect(backend.search({ text: "q", maxResults: 1 })).rejects.toMatchObject({
      code: "service.unavailable",
    });
    expect(other.requests).toEqual([]);
  });

  it("gives up on an answer that does not end", async () => {
    await using server = await loopbackServer((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write("[".repeat(100_000)));
      };
      response.on("drain", pour);
      pour();
    });
    const backend = perplexity({ apiKey: KEY, baseUrl: server.url });
    await expect(backend.search({ text: "q", maxResults: 1 })).rejects.toMatchObject({
      code: "service.malformed_response",
    });
    await server.idle();
  });
});

describe("search_web", () => {
  it("gives a model what was found, as words of others", async () => {
    const { fetch } = recordedFetch(json({ results: [page("https://a.test/")], unresponsive_engines: [] }));
    const tool = searchWeb({ backend: searxng({ baseUrl: "http://localhost:8888", fetch }) });
    const outcome = await callTool(tool, { query: "crm" });

    expect(tool.origin).toBe("external");
    expect(outcome.output).toMatchObject({ hits: [{ url: "https://a.test/" }] });
  });

  it("takes no more results than the host allows", async () => {
    const tool = searchWeb({ backend: searxng({ baseUrl: "http://localhost:8888" }), maxResults: 3 });
    expect(await callTool(tool, { query: "crm", maxResults: 4 })).toMatchObject({
      errorCode: "tool.input_invalid",
    });
    expect(() => searchWeb({ backend: searxng({ baseUrl: "http://x" }), maxResults: 0 })).toThrow(
      /maxResults/,
    );
  });
});
