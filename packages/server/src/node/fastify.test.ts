import { createCrmDouble } from "@salesagent/conformance";
import { createSalesAgent } from "@salesagent/core/app";
import { systemClock } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fastify from "fastify";
import { expect, it } from "vitest";
import { createServer } from "../create-server.js";
import { asTold } from "../testing/open-table.js";
import { requestListener } from "./request-listener.js";

it("stands in a Fastify app as the guide has it, with bodies as they came", async () => {
  const { provider, world } = createCrmDouble({ provider: "close", clock: systemClock });
  const storage = memoryStorage();
  await using sales = createSalesAgent({ storage, crm: { close: { provider } } });
  await using server = createServer({ sales, authorize: asTold, prefix: "/sales" });
  const app = fastify();
  app.post("/own", async (request) => request.body);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    const answer = requestListener(server);
    scope.all("/sales/*", (request, reply) => {
      reply.hijack();
      return answer(request.raw, reply.raw);
    });
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  try {
    const json = { "content-type": "application/json", "x-as": "acme/user:4/owner" };
    const own = await fetch(`${url}/own`, { method: "POST", headers: json, body: '{"a":1}' });
    expect(await own.json()).toEqual({ a: 1 });
    const body = JSON.stringify({ name: "Report", role: "viewer" });
    expect((await fetch(`${url}/sales/keys`, { method: "POST", headers: json, body })).status).toBe(201);
    const signed = await world.webhook({ kind: "contact", id: "c1", action: "updated" });
    const headers = signed.headers as Record<string, string>;
    const rawBody = new Uint8Array(signed.rawBody);
    const webhook = await fetch(`${url}/sales/webhooks/acme/close`, {
      method: "POST",
      headers,
      body: rawBody,
    });
    expect(webhook.status).toBe(204);
    expect((await storage.tenant("acme").inbox.list()).items).toHaveLength(1);
  } finally {
    await app.close();
  }
});
