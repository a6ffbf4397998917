import type { StreamEnd, StreamWriter } from "@salesagent/core/live";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OpenApp, openApp } from "../testing/open-app.js";
import { settle, whileTimePasses } from "../testing/open-table.js";
import { SseReader } from "../testing/read-sse.js";
import { streamRoutes } from "./streams.js";

const HEARTBEAT_MS = 15_000;

const soon = <T>({ clock }: Pick<OpenApp, "clock">, work: Promise<T>) => whileTimePasses(clock, work);

/** An app with a stream `s` of the tenant acme, and who writes it. */
async function setUp(options: Parameters<typeof openApp>[1] = {}) {
  const app = openApp(streamRoutes, options);
  await app.sales.streams.open("acme", { id: "s", source: "agent:writer", startedBy: "user:1" });
  const writer = await soon(app, app.sales.streams.writer("acme", "s", { fence: 1 }));
  return { ...app, writer };
}

async function tell(
  app: Pick<OpenApp, "clock"> & { readonly writer: StreamWriter },
  from: number,
  count: number,
) {
  const { writer } = app;
  for (let index = from; index < from + count; index += 1)
    await writer.write({ type: "note", data: { index } });
  await soon(app, writer.flush());
}

const end = (app: Pick<OpenApp, "clock"> & { readonly writer: StreamWriter }, outcome: StreamEnd) =>
  soon(app, app.writer.end(outcome));

const open = async (app: Pick<OpenApp, "ask">, query = "", headers: Record<string, string> = {}) =>
  new SseReader(await app.ask("GET", `/streams/s/events${query}`, { headers }));

describe("the events of a stream", () => {
  it("come with their numbers, in order, and an end that says how it ended", async () => {
    const app = await setUp();
    await tell(app, 1, 2);
    const reader = await open(app);
    expect(await reader.next()).toEqual({ id: 1, event: "note", data: { index: 1 } });
    expect(await reader.next()).toEqual({ id: 2, event: "note", data: { index: 2 } });
    await end(app, { status: "failed", error: { code: "x", message: "Broken." } });
    expect(await soon(app, reader.rest())).toEqual([
      { event: "end", data: { status: "failed", error: { code: "x", message: "Broken." } } },
    ]);
    expect(reader.retryMs).toBe(1_000);
    expect(app.server.scope.connections.total).toBe(0);
  });

  it("are sent as an event stream that nobody on the way keeps or gathers", async () => {
    const { headers } = await (await setUp()).ask("GET", "/streams/s/events");
    expect(headers.get("content-type")).toBe("text/event-stream");
    expect(headers.get("cache-control")).toContain("no-transform");
    expect(headers.get("x-accel-buffering")).toBe("no");
  });

  it("can't be told to break out of their lines", async () => {
    const app = await setUp();
    await app.writer.write({ type: "a\nid: 9\rb", data: "x\n\nevent: end\ndata: {}\n\n" });
    await soon(app, app.writer.flush());
    await end(app, { status: "completed" });
    const told = await soon(app, (await open(app)).rest());
    expect(told).toEqual([
      { id: 1, event: "a id: 9 b", data: "x\n\nevent: end\ndata: {}\n\n" },
      { event: "end", data: { status: "completed" } },
    ]);
  });

  it.each([
    ["?after=2", {}],
    ["", { "last-event-id": "2" }],
    ["?after=1", { "last-event-id": "2" }],
  ])("go on after the one that is known: %j %j", async (query, headers) => {
    const app = await setUp();
    await tell(app, 1, 3);
    expect(await (await open(app, query, headers as Record<string, string>)).next()).toMatchObject({ id: 3 });
  });

  it.each([
    ["?after=x", {}, "query.after"],
    ["?after=-1", {}, "query.after"],
    ["", { "last-event-id": "x" }, "headers.last-event-id"],
    ["", { "last-event-id": "99999999999999999999" }, "headers.last-event-id"],
  ])("are refused for %j %j, naming the place", async (query, headers, place) => {
    const { json } = await setUp();
    const { status, body } = await json("GET", `/streams/s/events${query}`, {
      headers: headers as Record<string, string>,
    });
    expect([status, body.issues[0].path]).toEqual([400, place]);
  });

  it("of another tenant's are as if there were none", async () => {
    const { json } = await setUp();
    const theirs = await json("GET", "/streams/s/events", { as: "globex/user:1/owner" });
    const nobodys = await json("GET", "/streams/none/events", { as: "globex/user:1/owner" });
    expect(theirs.status).toBe(404);
    expect({ ...theirs.body, instance: "" }).toEqual({ ...nobodys.body, instance: "" });
  });

  it("come once each to readers that drop at random and connect again, and go on whoever leaves", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 8 })), {
          minLength: 1,
          maxLength: 12,
        }),
        async (rounds) => {
          const app = await setUp();
          const seen: number[] = [];
          let written = 0;
          for (const [told, read] of rounds) {
            await tell(app, written + 1, told);
            written += told;
            const reader = await open(app, "", { "last-event-id": String(seen.at(-1) ?? 0) });
            for (let index = 0; index < Math.min(read, written - (seen.at(-1) ?? 0) + 0); index += 1) {
              seen.push((await soon(app, reader.next()))?.id ?? 0);
            }
            await reader.leave();
          }
          expect(app.server.scope.connections.total).toBe(0);
          expect((await app.sales.streams.get("acme", "s"))?.status).toBe("open");
          await end(app, { status: "completed" });
          const last = await open(app, `?after=${seen.at(-1) ?? 0}`);
          for (const { id } of await soon(app, last.rest())) if (id !== undefined) seen.push(id);
          expect(seen).toEqual(Array.from({ length: written }, (_, index) => index + 1));
          await app[Symbol.asyncDispose]();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("keep a quiet connection alive", async () => {
    const app = await setUp();
    const reader = await open(app);
    const next = reader.next();
    for (let beat = 1; beat <= 3; beat += 1) {
      await settle();
      app.clock.advance(HEARTBEAT_MS);
      await settle();
      expect(reader.heartbeats).toBe(beat);
    }
    await tell(app, 1, 1);
    expect(await soon(app, next)).toMatchObject({ id: 1 });
  });

  it("end after an hour without an end, for who reads them to connect again where it was", async () => {
    const app = await setUp({ limits: { heartbeatMs: 600_000 } });
    const reader = await open(app);
    await tell(app, 1, 1);
    expect(await soon(app, reader.next())).toMatchObject({ id: 1 });
    const rest = reader.rest();
    for (let beat = 0; beat < 6; beat += 1) {
      await settle();
      app.clock.advance(600_000);
    }
    expect(await soon(app, rest)).toEqual([]);
    expect(app.server.scope.connections.total).toBe(0);
    await tell(app, 2, 1);
    expect(await soon(app, (await open(app, "?after=1")).next())).toMatchObject({ id: 2 });
  });

  it("are cut for a reader that takes nothing, and nothing of it is left", async () => {
    const app = await setUp();
    const response = await app.ask("GET", "/streams/s/events");
    expect(app.server.scope.connections.total).toBe(1);
    app.clock.advance(HEARTBEAT_MS);
    expect(app.server.scope.connections.total).toBe(0);
    await settle();
    expect(app.sales.streams.counts().readers).toBe(0);
    await expect(response.text()).rejects.toThrow();
  });

  it("are read by so many at once and no more, for each principal", async () => {
    const app = await setUp({ limits: { streamsPerPrincipal: 2 } });
    const ask = (as: string) => app.ask("GET", "/streams/s/events", { as });
    const [first, , third] = [
      await ask("acme/user:1/member"),
      await ask("acme/user:1/member"),
      await ask("acme/user:1/member"),
    ];
    expect([first.status, third.status, third.headers.get("retry-after")]).toEqual([200, 429, "5"]);
    expect((await ask("acme/user:2/viewer")).status).toBe(200);
    await first.body?.cancel();
    expect((await ask("acme/user:1/member")).status).toBe(200);
  });

  it("let go of a reader whose request was aborted", async () => {
    const app = await setUp();
    const leaving = new AbortController();
    const response = await app.ask("GET", "/streams/s/events", { signal: leaving.signal });
    const reader = new SseReader(response);
    const next = reader.next().catch((error: unknown) => error);
    await settle();
    leaving.abort();
    expect(await next).toBeInstanceOf(Error);
    expect(app.server.scope.connections.total).toBe(0);
    expect(app.faults).toEqual([]);
  });
});

describe("streams", () => {
  it("are listed and told of, without what is ours alone", async () => {
    const app = await setUp();
    await tell(app, 1, 2);
    const one = await app.json("GET", "/streams/s");
    expect(one.body).toMatchObject({
      id: "s",
      source: "agent:writer",
      status: "open",
      last: 2,
      startedBy: "user:1",
    });
    expect(one.body).not.toHaveProperty("fence");
    expect((await app.json("GET", "/streams?status=open&source=agent:writer")).body).toEqual({
      items: [one.body],
    });
    expect((await app.json("GET", "/streams?status=failed")).body).toEqual({ items: [] });
    expect((await app.json("GET", "/streams", { as: "globex/user:1/owner" })).body).toEqual({ items: [] });
  });
});
