import { createCrmDouble } from "@salesagent/conformance";
import { createSalesAgent } from "@salesagent/core/app";
import { systemClock } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import express5 from "express";
// @ts-expect-error Installed under another name, without types of its own.
import express4 from "express4";
import { afterEach, describe, expect, it } from "vitest";
import { createServer } from "../create-server.js";
import { type Loopback, serve } from "../testing/loopback.js";
import { asTold } from "../testing/open-table.js";
import { express } from "./index.js";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

const frameworks: readonly (readonly [string, typeof express5])[] = [
  ["Express 4", express4 as typeof express5],
  ["Express 5", express5],
];

describe.each(frameworks)("in %s", (_, framework) => {
  function open(prefix = "/sales") {
    const { provider, world } = createCrmDouble({ provider: "close", clock: systemClock });
    const storage = memoryStorage();
    const sales = createSalesAgent({ storage, crm: { close: { provider } } });
    opened.push(sales);
    const faults: unknown[] = [];
    const onError = (error: unknown) => void faults.push(error);
    const server = createServer({ sales, authorize: asTold, prefix, onError });
    return { app: framework(), routes: express(server), server, sales, storage, world, faults };
  }

  async function start(app: ReturnType<typeof framework>): Promise<Loopback> {
    const loopback = await serve(app);
    opened.push(loopback);
    return loopback;
  }

  const as = { "x-as": "acme/user:4/owner" };
  const json = { ...as, "content-type": "application/json" };
  const key = JSON.stringify({ name: "Zoë", role: "viewer" });

  it.each(["/sales", "/", "/sales/"])("the routes stand below their prefix, mounted at %s", async (path) => {
    const { app, routes } = open();
    app.use(path, routes);
    app.get("/sales-report", (_request, response) => void response.send("the host's"));
    const { url } = await start(app);
    expect(await (await fetch(`${url}/sales/leads`, { headers: as })).json()).toEqual({ items: [] });
    expect((await fetch(`${url}/sales/nowhere`, { headers: as })).status).toBe(404);
    expect(await (await fetch(`${url}/sales-report`)).text()).toBe("the host's");
  });

  it("the routes stand below a router's path too", async () => {
    const { app, routes } = open("/api/sales");
    const router = framework.Router();
    router.use("/sales", routes);
    app.use("/api", router);
    const { url } = await start(app);
    expect((await fetch(`${url}/api/sales/leads?limit=5`, { headers: as })).status).toBe(200);
  });

  it("a path in other letters than the prefix is none of theirs, and no failure", async () => {
    const { app, routes } = open();
    app.use("/sales", routes);
    const { url } = await start(app);
    for (const path of ["/SALES/leads", "/Sales"])
      expect([path, (await fetch(url + path, { headers: as })).status]).toEqual([path, 404]);
  });

  it("a mount that does not fit the prefix says what to change", async () => {
    const { app, routes } = open("/");
    const told: unknown[] = [];
    app.use("/sales", routes);
    app.use(((error, _request, response, _next) => {
      told.push(error);
      response.status(500).send("no");
    }) as import("express").ErrorRequestHandler);
    const { url } = await start(app);
    expect((await fetch(`${url}/sales/leads`, { headers: as })).status).toBe(500);
    expect(told).toMatchObject([
      { code: "config.invalid", message: expect.stringContaining("make it /sales") },
    ]);
  });

  it.each(["before", "after"])("a body is read where express.json() comes %s", async (place) => {
    const { app, routes } = open();
    if (place === "before") app.use(framework.json());
    app.use("/sales", routes);
    if (place === "after") app.use(framework.json());
    const { url } = await start(app);
    const made = await fetch(`${url}/sales/keys`, { method: "POST", headers: json, body: key });
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ record: { name: "Zoë" } });
    const broken = await fetch(`${url}/sales/keys`, { method: "POST", headers: json, body: "{}" });
    expect(await broken.json()).toMatchObject({ status: 400, issues: [{ path: "body.name" }, {}] });
  });

  it("a file of leads is read where express.text() comes before", async () => {
    const { app, routes } = open();
    app.use(framework.text({ type: "text/csv" }));
    app.use("/sales", routes);
    const { url } = await start(app);
    const headers = { ...as, "content-type": "text/csv" };
    const sent = await fetch(`${url}/sales/leads/import`, {
      method: "POST",
      headers,
      body: "company,email\nFigma,a@figma.com\n",
    });
    expect(sent.status).toBeLessThan(300);
  });

  describe("a webhook", () => {
    const send = async (url: string, { world }: ReturnType<typeof open>) => {
      const signed = await world.webhook({ kind: "contact", id: "c1", action: "updated" });
      return fetch(`${url}/sales/webhooks/acme/close`, {
        method: "POST",
        headers: signed.headers as Record<string, string>,
        body: new Uint8Array(signed.rawBody),
      });
    };

    it("is taken by its bytes, as they come or as they were kept", async () => {
      for (const verify of [
        undefined,
        (request: object, _: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody }),
      ]) {
        const opening = open();
        if (verify) opening.app.use(framework.json({ verify }));
        opening.app.use("/sales", opening.routes);
        const { url } = await start(opening.app);
        expect((await send(url, opening)).status).toBe(204);
        expect((await opening.storage.tenant("acme").inbox.list()).items).toHaveLength(1);
      }
    });

    it("whose body was parsed before fails, and says what to do", async () => {
      const opening = open();
      opening.app.use(framework.json());
      opening.app.use("/sales", opening.routes);
      const { url } = await start(opening.app);
      const response = await send(url, opening);
      expect([response.status, await response.json()]).toMatchObject([
        ...[500, { code: "config.invalid", detail: expect.stringContaining("before express.json()") }],
      ]);
      expect(opening.faults).toMatchObject([
        { code: "config.invalid", message: expect.stringContaining("verify") },
      ]);
    });
  });

  it("a reader of a stream that leaves is let go of, and the stream goes on", async () => {
    const { app, routes, server, sales } = open();
    app.use("/sales", routes);
    const { url } = await start(app);
    await sales.streams.open("acme", { id: "s", source: "agent:writer" });
    const writer = await sales.streams.writer("acme", "s", { fence: 1 });
    await writer.write({ type: "note", data: { n: 1 } });
    const caller = new AbortController();
    const response = await fetch(`${url}/sales/streams/s/events`, { headers: as, signal: caller.signal });
    const reader = response.body?.getReader();
    let text = "";
    while (!text.includes("event: note")) text += new TextDecoder().decode((await reader?.read())?.value);
    expect(server.scope.connections.total).toBe(1);
    caller.abort();
    while (server.scope.connections.total > 0) await new Promise((resolve) => setImmediate(resolve));
    await writer.end({ status: "completed" });
    expect((await sales.streams.get("acme", "s"))?.status).toBe("completed");
  });
});
