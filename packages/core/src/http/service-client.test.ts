import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ServiceClientOptions } from "./service-client-options.js";
import { clientWorld, KEY } from "./testing/client-world.js";
import { json, silence, text } from "./testing/scripted-fetch.js";

const headerOf = (sent: ReturnType<typeof clientWorld>["sent"], name: string) =>
  sent.at(-1)?.headers.get(name);

describe("createServiceClient", () => {
  it("does nothing before the first call", () => {
    const { sent, clock } = clientWorld([json({})]);
    expect([sent.length, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("asks for JSON, follows no redirect, and gives the answer's value", async () => {
    const { client, sent, clock } = clientWorld([json({ id: 1 }, 200, { "x-request-id": "req_1" })]);
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
    const { client, sent } = clientWorld([json({})], { auth });
    await client.get("/me/", { headers: { [name]: "of the caller", "X-Other": "1" } });
    expect([headerOf(sent, name), headerOf(sent, "x-other")]).toEqual([value, "1"]);
  });

  it("reads a secret anew for each call", async () => {
    let calls = 0;
    const { client, sent } = clientWorld([json({})], {
      auth: { type: "bearer", token: () => `key-${++calls}` },
    });
    await client.get("/a");
    await client.get("/b");
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer key-1", "Bearer key-2"]);
  });

  it.each(["", "two words", "line\nend", "schlüssel"])(
    "refuses the key %j before it is sent",
    async (token) => {
      const { client, sent } = clientWorld([json({})], { auth: { type: "bearer", token } });
      await expect(client.get("/me/")).rejects.toMatchObject({ code: "service.auth", replay: "safe" });
      expect(sent).toEqual([]);
    },
  );

  it("sends JSON, forms and raw bodies", async () => {
    const { client, sent } = clientWorld([json({})], { headers: { "X-Version": "2026-09" } });
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
    const { client, sent } = clientWorld([json({})]);
    await expect(client.request(request)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });

  it("refuses a body that is larger than allowed before it is sent", async () => {
    const { client, sent } = clientWorld([json({})], { limits: { requestBytes: 20 } });
    await client.post("/x", { json: "äöüßäöüß" }); // 16 bytes in UTF-8 and two quotes
    await expect(client.post("/x", { json: "äöüßäöüß😀" })).rejects.toMatchObject({
      code: "service.refused",
      message: expect.stringContaining("22 bytes"),
    });
    expect(sent).toHaveLength(1);
  });

  it("sends neither key nor headers of the client along with an anonymous call", async () => {
    const { client, sent } = clientWorld([json({})], { headers: { "x-secret": "1" } });
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
      const { client, sent } = clientWorld([text(null, 307, { location }), json({})]);
      await expect(client.get("/x")).rejects.toMatchObject({
        code: "service.refused",
        facts: { status: 307 },
      });
      expect(sent).toHaveLength(1);
    },
  );

  it("follows redirects within the origin where it is allowed to, for safe calls alone", async () => {
    const within = text(null, 308, { location: "/v1/x/" });
    const { client, sent } = clientWorld([within, json({ ok: true })], { limits: { redirects: 1 } });
    expect((await client.get("/x")).body()).toEqual({ ok: true });
    expect(sent.map(({ url }) => url)).toEqual([
      "https://api.example.com/v1/x",
      "https://api.example.com/v1/x/",
    ]);

    const away = clientWorld([text(null, 302, { location: "https://evil.test/" }), json({})], {
      limits: { redirects: 5 },
    });
    await expect(away.client.get("/x")).rejects.toThrow(/redirected to evil\.test/);
    const write = clientWorld([within, json({})], { limits: { redirects: 5 } });
    await expect(write.client.post("/x", { json: 1 })).rejects.toThrow(/redirected/);
    const circle = clientWorld([within], { limits: { redirects: 3 } });
    await expect(circle.client.get("/x")).rejects.toThrow(/redirected/);
    expect([away.sent.length, write.sent.length, circle.sent.length]).toEqual([1, 1, 4]);
  });

  it("gives up on headers and on a body that do not come", async () => {
    const { client, clock } = clientWorld([silence, () => new Response(new ReadableStream())], {
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
    const { client, sent } = clientWorld([silence, () => new Response(new ReadableStream())]);
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
    expect(() => clientWorld([json({})], options)).toThrow(message);
  });
});
