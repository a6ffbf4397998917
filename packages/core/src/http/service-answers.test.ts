import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { failedAnswerOf } from "./service-failure.js";
import type { ServiceAnswer } from "./service-request.js";
import { clientWorld } from "./testing/client-world.js";
import { json, type Step, text } from "./testing/scripted-fetch.js";

describe("answers of a service client", () => {
  it.each<[Step, unknown]>([
    [text(null, 204), undefined],
    [text("", 200, { "content-type": "application/json" }), undefined],
    [text("  \n", 200), undefined],
    [text('{"id":-7301444403201838592}', 200), { id: "-7301444403201838592" }],
    [text('"{\\"ok\\":true}"', 200, { "content-type": "application/json" }), { ok: true }],
    [json(null), null],
  ])("reads body %# as it is meant", async (step, value) => {
    const { client } = clientWorld([step]);
    expect((await client.get("/x")).body()).toEqual(value);
  });

  it("gives texts and bytes where these are asked for", async () => {
    const { client } = clientWorld([text("a;b")]);
    expect((await client.get("/x", { read: "text" })).body()).toBe("a;b");
    expect((await client.get("/x", { read: "bytes" })).body()).toEqual(new TextEncoder().encode("a;b"));
  });

  it("refuses a success that is no JSON", async () => {
    const { client } = clientWorld([
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
    const { client } = clientWorld([json({ id: "1", at: "5", more: 1 }), json({ id: "1", at: 5 })]);
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
    const { client } = clientWorld([json(body, status, { "x-request-id": "r1" })]);
    await expect(client.post("/x", { json: 1 })).rejects.toMatchObject({
      code,
      replay,
      facts: { service: "close", status, vendorCode: "CONFLICT", requestId: "r1" },
      message: expect.stringContaining("It says: No."),
    });
  });

  it("tells what a CDN refused from what the service did", async () => {
    const page = "<!DOCTYPE html><html><style>b{}</style><h1>Access denied</h1><p>Ray 8a</p></html>";
    const { client } = clientWorld([text(page, 403, { "content-type": "text/html", "cf-ray": "8a-FRA" })]);
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
    const { client } = clientWorld([text("Invalid API key.", 401), json(inner, 429)]);
    await expect(client.get("/x")).rejects.toThrow(/It says: Invalid API key\./);
    await expect(client.get("/x")).rejects.toThrow(/It says: Too many calls\./);
  });

  it("lets statuses pass that the caller has a use for", async () => {
    const { client } = clientWorld([json({ error: "gone" }, 404)]);
    const answer = await client.get("/x", { passStatuses: [404] });
    expect([answer.status, answer.body()]).toEqual([404, { error: "gone" }]);
  });

  it("lets the adapter read a failure, and keeps the whole answer behind the error", async () => {
    const exists = new SalesAgentError("crm.exists", {
      message: "The CRM has it.",
      facts: { crm: "hubspot", recordId: "6001" },
      replay: "safe",
    });
    const { client } = clientWorld([json({ id: 6001 }, 409), json({ seconds: 9 }, 477)], {
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
});
