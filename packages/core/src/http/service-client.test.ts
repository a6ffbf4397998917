import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createServiceClient } from "./service-client.js";
import type { ServiceClientOptions } from "./service-client-options.js";
import { failedAnswerOf } from "./service-failure.js";
import type { ServiceAnswer } from "./service-request.js";
import { json, type Step, scriptedFetch, silence, text } from "./testing/scripted-fetch.js";

const KEY = "api_planted_0123456789";

function setUp(steps: readonly Step[], options: Partial<ServiceClientOptions> = {}) {
  const { fetch, sent } = scriptedFetch(...steps);
  const clock = manualClock();
  const client = createServiceClient({
    service: "close",
    baseUrl: "https://api.example.com/v1",
    auth: { type: "bearer", token: KEY },
    retry: false,
    fetch,
    clock,
    ...options,
  });
  return { client, sent, clock };
}

const headerOf = (sent: ReturnType<typeof setUp>["sent"], name: string) => sent.at(-1)?.headers.get(name);

describe("createServiceClient", () => {
  it("does nothing before the first call", () => {
    const { sent, clock } = setUp([json({})]);
    expect([sent.length, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("asks for JSON, follows no redirect, and gives the answer's value", async () => {
    const { client, sent, clock } = setUp([json({ id: 1 }, 200, { "x-request-id": "req_1" })]);
    const answer = await client.get("/contact/", { query: { _limit: 1 } });
    expect([answer.status, answer.requestId, answer.body(), answer.text()]).toEqual([
      200,
      "req_1",
      { id: 1 },
      '{"id":1}',
    ]);
    expect(sent[0]).toMatchObject({
      url: "https://api.example.com/v1/contact/?_limit=1",
      method: "GET",
      init: { redirect: "manual" },
    });
    expect(headerOf(sent, "accept")).toBe("application/json");
    expect(clock.pendingTimers).toBe(0);
  });

  it.each<[NonNullable<ServiceClientOptions["auth"]>, string, string]>([
    [{ type: "bearer", token: KEY }, "authorization", `Bearer ${KEY}`],
    [{ type: "bearer", token: async () => KEY }, "authorization", `Bearer ${KEY}`],
    [{ type: "basic", username: KEY }, "authorization", `Basic ${btoa(`${KEY}:`)}`],
    [{ type: "basic", username: "ü", password: () => "p" }, "authorization", `Basic ${btoa("\xc3\xbc:p")}`],
    [{ type: "header", name: "X-Api-Key", value: KEY }, "x-api-key", KEY],
    [{ type: "oauth", tokens: { token: async () => KEY } }, "authorization", `Bearer ${KEY}`],
    [{ type: "custom", authorize: ({ method }) => ({ headers: { Signed: method } }) }, "signed", "GET"],
  ])("proves who it is by %j", async (auth, name, value) => {
    const { client, sent } = setUp([json({})], { auth });
    await client.get("/me/", { headers: { [name]: "of the caller", "X-Other": "1" } });
    expect([headerOf(sent, name), headerOf(sent, "x-other")]).toEqual([value, "1"]);
  });

  it("reads a secret anew for each call", async () => {
    let calls = 0;
    const { client, sent } = setUp([json({})], { auth: { type: "bearer", token: () => `key-${++calls}` } });
    await client.get("/a");
    await client.get("/b");
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer key-1", "Bearer key-2"]);
  });

  it.each(["", "two words", "line\nend", "schlüssel"])(
    "refuses the key %j before it is sent",
    async (token) => {
      const { client, sent } = setUp([json({})], { auth: { type: "bearer", token } });
      await expect(client.get("/me/")).rejects.toMatchObject({ code: "service.auth", replay: "safe" });
      expect(sent).toEqual([]);
    },
  );

  it("sends JSON, forms and raw bodies", async () => {
    const { client, sent } = setUp([json({})], { headers: { "X-Version": "2026-09" } });
    await client.post("/a", { json: { name: "Ada" } });
    await client.put("/b", { form: { "metadata[id]": "1 2", ids: ["a", "b"], none: undefined } });
    await client.patch("/c", {
      body: new TextEncoder().encode("a,b"),
      headers: { "Content-Type": "text/csv" },
    });
    await client.delete("/d");
    const seen = sent.map(({ method, body, headers }) => [method, body, headers.get("content-type")]);
    expect(seen).toEqual([
      ["POST", '{"name":"Ada"}', "application/json"],
      ["PUT", "metadata%5Bid%5D=1+2&ids=a&ids=b", "application/x-www-form-urlencoded"],
      ["PATCH", "a,b", "text/csv"],
      ["DELETE", "", null],
    ]);
    expect(headerOf(sent, "x-version")).toBe("2026-09");
  });

  it.each([
    ["two bodies", { method: "POST", path: "/", json: 1, body: "1" } as const, /one of json/],
    ["a GET with a body", { method: "GET", path: "/", json: 1 } as const, /no body/],
    ["what JSON can't hold", { method: "POST", path: "/", json: () => 1 } as const, /json must/],
    ["a limit of nothing", { method: "GET", path: "/", limits: { totalMs: 0 } } as const, /limits\.totalMs/],
    ["another origin", { method: "GET", path: "https://other.test/" } as const, /anonymous/],
  ])("refuses %s", async (_, request, message) => {
    const { client, sent } = setUp([json({})]);
    await expect(client.request(request)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });

  it.each<[Step, unknown]>([
    [text(null, 204), undefined],
    [text("", 200, { "content-type": "application/json" }), undefined],
    [text("  \n", 200), undefined],
    [text('{"id":-7301444403201838592}', 200), { id: "-7301444403201838592" }],
    [text('"{\\"ok\\":true}"', 200, { "content-type": "application/json" }), { ok: true }],
    [json(null), null],
  ])("reads body %# as it is meant", async (step, value) => {
    const { client } = setUp([step]);
    expect((await client.get("/x")).body()).toEqual(value);
  });

  it("gives texts and bytes where these are asked for", async () => {
    const { client } = setUp([text("a;b")]);
    expect((await client.get("/x", { read: "text" })).body()).toBe("a;b");
    expect((await client.get("/x", { read: "bytes" })).body()).toEqual(new TextEncoder().encode("a;b"));
  });

  it("refuses a success that is no JSON", async () => {
    const { client } = setUp([
      text("<html><title>Log in</title></html>", 200, { "content-type": "text/html" }),
    ]);
    await expect(client.post("/x", { json: 1 })).rejects.toMatchObject({
      code: "service.malformed_response",
      replay: "unsafe",
      message: expect.stringContaining("Log in"),
    });
  });

  it("holds answers to a schema, and types them by it", async () => {
    const schema = z.object({ id: z.string(), at: z.string().transform(Number) });
    const { client } = setUp([json({ id: "1", at: "5", more: 1 }), json({ id: "1", at: 5 })]);
    const answer = await client.get("/x", { schema });
    expectTypeOf(answer).toEqualTypeOf<ServiceAnswer<{ id: string; at: number }>>();
    expectTypeOf((await client.get("/y").catch(() => answer)).body()).toBeUnknown();
    expect(answer.body()).toEqual({ id: "1", at: 5 });
    await expect(client.get("/x", { schema })).rejects.toMatchObject({
      code: "service.malformed_response",
      message: expect.stringMatching(/\(at\)/),
    });
  });

  it.each<[number, string, string]>([
    [400, "service.refused", "safe"],
    [401, "service.auth", "safe"],
    [402, "service.quota_exhausted", "safe"],
    [403, "service.auth", "safe"],
    [404, "service.refused", "safe"],
    [408, "service.unavailable", "unsafe"],
    [409, "service.refused", "safe"],
    [423, "service.unavailable", "safe"],
    [429, "service.rate_limited", "safe"],
    [500, "service.unavailable", "unsafe"],
    [503, "service.unavailable", "unsafe"],
    [530, "service.unavailable", "unsafe"],
  ])("turns a %i of a write into %s, %s to replay", async (status, code, replay) => {
    const body = { category: "CONFLICT", message: "No.", correlationId: "c1" };
    const { client } = setUp([json(body, status, { "x-request-id": "r1" })]);
    await expect(client.post("/x", { json: 1 })).rejects.toMatchObject({
      code,
      replay,
      facts: { service: "close", status, vendorCode: "CONFLICT", requestId: "r1" },
      message: expect.stringContaining("It says: No."),
    });
  });

  it("tells what a CDN refused from what the service did", async () => {
    const page = "<!DOCTYPE html><html><style>b{}</style><h1>Access denied</h1><p>Ray 8a</p></html>";
    const { client } = setUp([text(page, 403, { "content-type": "text/html", "cf-ray": "8a-FRA" })]);
    const failure = await client.get("/x").catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "service.unavailable",
      replay: "safe",
      facts: { status: 403, requestId: "8a-FRA" },
      message: expect.stringMatching(/It says: Access denied Ray 8a$/),
    });
  });

  it("reads an error that is a plain text, or JSON within a JSON text", async () => {
    const inner = JSON.stringify({ message: "Too many calls." });
    const { client } = setUp([text("Invalid API key.", 401), json(inner, 429)]);
    await expect(client.get("/x")).rejects.toThrow(/It says: Invalid API key\./);
    await expect(client.get("/x")).rejects.toThrow(/It says: Too many calls\./);
  });

  it("lets statuses pass that the caller has a use for", async () => {
    const { client } = setUp([json({ error: "gone" }, 404)]);
    const answer = await client.get("/x", { passStatuses: [404] });
    expect([answer.status, answer.body()]).toEqual([404, { error: "gone" }]);
  });

  it("lets the adapter read a failure, and keeps the whole answer behind the error", async () => {
    const exists = new SalesAgentError("crm.exists", {
      message: "The CRM has it.",
      facts: { crm: "hubspot", recordId: "6001" },
      replay: "safe",
    });
    const { client } = setUp([json({ id: 6001 }, 409), json({ seconds: 9 }, 477)], {
      classify: ({ status }) =>
        status === 409
          ? exists
          : { code: "service.unavailable", vendorCode: "MIGRATION", retryAfterMs: 9_000, notProcessed: true },
    });
    const first = await client.post("/x", { json: 1 }).catch((error: unknown) => error);
    expect(first).toBe(exists);
    expect(failedAnswerOf(first)?.body()).toEqual({ id: 6001 });
    await expect(client.post("/x", { json: 1 })).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "safe",
      facts: { vendorCode: "MIGRATION", retryAfterMs: 9_000 },
    });
    expect(failedAnswerOf(new Error("other"))).toBeUndefined();
  });

  it("refuses a body that is larger than allowed before it is sent", async () => {
    const { client, sent } = setUp([json({})], { limits: { requestBytes: 20 } });
    await client.post("/x", { json: "äöüßäöüß" }); // 16 bytes in UTF-8 and two quotes
    await expect(client.post("/x", { json: "äöüßäöüß😀" })).rejects.toMatchObject({
      code: "service.refused",
      message: expect.stringContaining("22 bytes"),
    });
    expect(sent).toHaveLength(1);
  });

  it("sends neither key nor headers of the client along with an anonymous call", async () => {
    const { client, sent } = setUp([json({})], { headers: { "x-secret": "1" } });
    await client.get("https://files.test/journal.json?sig=abc", { anonymous: true });
    expect([sent[0]?.url, headerOf(sent, "authorization"), headerOf(sent, "x-secret")]).toEqual([
      "https://files.test/journal.json?sig=abc",
      null,
      null,
    ]);
  });

  it.each(["https://evil.test/steal", "/v1/elsewhere", "https://api.example.com:8443/"])(
    "does not follow a redirect to %s",
    async (location) => {
      const { client, sent } = setUp([text(null, 307, { location }), json({})]);
      await expect(client.get("/x")).rejects.toMatchObject({
        code: "service.refused",
        facts: { status: 307 },
      });
      expect(sent).toHaveLength(1);
    },
  );

  it("follows redirects within the origin where it is allowed to, for safe calls alone", async () => {
    const within = text(null, 308, { location: "/v1/x/" });
    const { client, sent } = setUp([within, json({ ok: true })], { limits: { redirects: 1 } });
    expect((await client.get("/x")).body()).toEqual({ ok: true });
    expect(sent.map(({ url }) => url)).toEqual([
      "https://api.example.com/v1/x",
      "https://api.example.com/v1/x/",
    ]);

    const away = setUp([text(null, 302, { location: "https://evil.test/" }), json({})], {
      limits: { redirects: 5 },
    });
    await expect(away.client.get("/x")).rejects.toThrow(/redirected to evil\.test/);
    const write = setUp([within, json({})], { limits: { redirects: 5 } });
    await expect(write.client.post("/x", { json: 1 })).rejects.toThrow(/redirected/);
    const circle = setUp([within], { limits: { redirects: 3 } });
    await expect(circle.client.get("/x")).rejects.toThrow(/redirected/);
    expect([away.sent.length, write.sent.length, circle.sent.length]).toEqual([1, 1, 4]);
  });

  it("gives up on headers and on a body that do not come", async () => {
    const { client, clock } = setUp([silence, () => new Response(new ReadableStream())], {
      limits: { headersMs: 100, totalMs: 500 },
    });
    const first = client.post("/x", { json: 1 });
    await Promise.resolve();
    await turn();
    clock.advance(100);
    await expect(first).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "unsafe",
      message: expect.stringContaining("did not begin within 100 ms"),
      cause: { code: "call.timed_out" },
    });
    const second = client.get("/x");
    await turn();
    clock.advance(499);
    await turn();
    clock.advance(1);
    await expect(second).rejects.toThrow(/did not end within 500 ms/);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with the caller's own reason, before, while nothing comes, and in the middle of a body", async () => {
    const reason = new Error("prospect hung up");
    const { client, sent } = setUp([silence, () => new Response(new ReadableStream())]);
    await expect(client.get("/x", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent).toHaveLength(0);
    for (const _ of ["headers", "body"]) {
      const caller = new AbortController();
      const call = client.get("/x", { signal: caller.signal });
      await turn();
      caller.abort(reason);
      await expect(call).rejects.toBe(reason);
      expect(sent.at(-1)?.init.signal?.aborted).toBe(true);
    }
  });

  it.each<[Partial<ServiceClientOptions>, RegExp]>([
    [{ service: "" }, /serviceClient\.service/],
    [{ baseUrl: "api.example.com" }, /serviceClient\.baseUrl/],
    [{ limits: { responseBytes: -1 } }, /limits\.responseBytes/],
    [{ auth: { type: "header", name: "bad name", value: "x" } }, /auth\.name/],
    [{ retry: { retries: -1 } }, /retry\.retries/],
  ])("refuses options %j", (options, message) => {
    expect(() => setUp([json({})], options)).toThrow(message);
  });
});
