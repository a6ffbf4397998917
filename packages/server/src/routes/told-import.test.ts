import { describe, expect, it } from "vitest";
import { requestListener } from "../node/request-listener.js";
import { serve } from "../testing/loopback.js";
import { openApp } from "../testing/open-app.js";
import { MEMBER, settle } from "../testing/open-table.js";
import { SseReader } from "../testing/read-sse.js";
import { leadRoutes } from "./leads.js";
import type { ToldProgress } from "./told-import.js";

const headers = { "content-type": "text/csv", accept: "text/event-stream" };
const PATH = "/leads/import?name=fair.csv";

/** A file whose pieces come when the test says so. */
function fileInPieces() {
  let feed: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      feed = controller;
    },
  });
  let rows = 0;
  return {
    body,
    async give(count: number) {
      const names = Array.from({ length: count }, () => `Company ${++rows};c${rows}.com\n`).join("");
      feed.enqueue(new TextEncoder().encode((rows === count ? "Company;Web site\n" : "") + names));
      await settle();
    },
    async end() {
      feed.close();
      await settle();
    },
  };
}

describe("an import that is told while it goes on", () => {
  it("tells how far it is, and at its end what became of the rows", async () => {
    const { ask, clock, storage } = openApp(leadRoutes);
    const file = fileInPieces();
    const asked = ask("POST", PATH, { body: file.body, headers });
    await file.give(20_000);
    const response = await asked;
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const reader = new SseReader(response);
    const first = await reader.next();
    expect(first).toMatchObject({ event: "progress", data: { rejected: 0 } });
    clock.advance(500);
    await file.give(20_000);
    const second = await reader.next();
    expect(second).toMatchObject({ event: "progress", data: { duplicates: 0, rejected: 0 } });
    const { data } = second as { readonly data: ToldProgress };
    expect(data.rows).toBeGreaterThan(0);
    expect(data.imported).toBe(data.rows);
    expect(data.bytes).toBeGreaterThan(100_000);
    await file.end();
    const rest = await reader.rest();
    expect(rest.at(-1)).toMatchObject({
      event: "imported",
      data: { source: "fair.csv", rows: 40_000, imported: 40_000, rejectedRows: [] },
    });
    expect(await storage.tenant("acme").leads.count()).toBe(40_000);
  });

  it("is told no more than twice a second, however fast it is", async () => {
    const { ask } = openApp(leadRoutes);
    const file = fileInPieces();
    const asked = ask("POST", PATH, { body: file.body, headers });
    await file.give(3_000);
    const told = new SseReader(await asked).rest();
    for (let piece = 0; piece < 4; piece += 1) await file.give(3_000);
    await file.end();
    expect((await told).map(({ event }) => event)).toEqual(["progress", "imported"]);
  });

  it("waits for no reader", async () => {
    const { ask, storage } = openApp(leadRoutes);
    const file = fileInPieces();
    const asked = ask("POST", PATH, { body: file.body, headers });
    await file.give(10_000);
    await file.end();
    const response = await asked;
    while ((await storage.tenant("acme").leads.count()) < 10_000) await settle();
    expect((await new SseReader(response).rest()).at(-1)).toMatchObject({ data: { rows: 10_000 } });
  });

  it("is refused as any other before it has begun", async () => {
    const { json, faults } = openApp(leadRoutes);
    const empty = await json("POST", PATH, { body: "", headers });
    expect(empty).toMatchObject({ status: 422, body: { code: "intake.unreadable" } });
    const wrong = await json("POST", `${PATH}&delimiter=ab`, { body: "Company\nFigma\n", headers });
    expect(wrong).toMatchObject({ status: 400, body: { code: "request.invalid" } });
    expect(faults).toEqual([]);
  });

  it("tells the problem that ends it, and keeps what was stored before", async () => {
    const { ask, soon, storage, server } = openApp(leadRoutes);
    const response = await soon(ask("POST", PATH, { body: 'Company\nFigma\n"One', headers }));
    const told = await soon(new SseReader(response).rest());
    expect(told.at(-1)).toMatchObject({
      event: "failed",
      data: { code: "intake.unreadable", status: 422, facts: { row: 3 }, instance: expect.any(String) },
    });
    expect(await storage.tenant("acme").leads.count()).toBe(1);
    expect(server.scope.connections.total).toBe(0);
  });

  it("ends when its reader leaves", async () => {
    const { ask, server, faults } = openApp(leadRoutes);
    const file = fileInPieces();
    const asked = ask("POST", PATH, { body: file.body, headers });
    await file.give(20_000);
    const reader = new SseReader(await asked);
    await reader.next();
    expect(server.scope.connections.total).toBe(1);
    await reader.leave();
    await settle();
    expect(server.scope.connections.total).toBe(0);
    expect(faults).toEqual([]);
  });

  it("is told over Node while the file is still sent", async () => {
    const { server } = openApp(leadRoutes);
    await using loopback = await serve(requestListener(server));
    const file = fileInPieces();
    await file.give(20_000);
    const response = await fetch(loopback.url + PATH, {
      ...{ method: "POST", body: file.body, duplex: "half" },
      headers: { ...headers, "x-as": MEMBER },
    } as RequestInit);
    const reader = new SseReader(response);
    expect(await reader.next()).toMatchObject({ event: "progress" });
    await file.end();
    expect((await reader.rest()).at(-1)).toMatchObject({ event: "imported", data: { imported: 20_000 } });
  });
});
