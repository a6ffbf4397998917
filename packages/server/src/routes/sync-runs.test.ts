import { createCrmDouble } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { MEMBER, OWNER, openSales, passTime, STRANGER, toldBy, VIEWER } from "../testing/open-sales.js";
import { settle } from "../testing/open-table.js";

const started = async (app: ReturnType<typeof openSales>, json: object = {}) =>
  (await app.json("/sync/close/run", { as: MEMBER, json })).body as {
    readonly streamId: string;
    readonly joined: boolean;
  };

/** An app whose CRM does not come before `go`, and then does not let it in. */
function held() {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const provider = async () => {
    await gate;
    throw new Error("not let in");
  };
  return { ...openSales({ connection: { provider } }), go };
}

describe("a sync by hand", () => {
  it("is told as a stream that says where it is, and what it came to", async () => {
    const app = openSales({ prefix: "/sales" });
    app.world.create({ kind: "contact", fields: { firstName: "Ada" } });
    const response = await app.soon(app.ask("/sales/sync/close/run", { as: MEMBER, json: {} }));
    const { streamId, joined } = (await response.json()) as { streamId: string; joined: boolean };
    expect([response.status, joined]).toEqual([202, false]);
    expect(response.headers.get("location")).toBe(`/sales/streams/${streamId}`);
    const { events, record } = await toldBy(app, streamId);
    expect(events[0]).toMatchObject({
      type: "sync-started",
      data: { kinds: ["company", "contact", "deal"] },
    });
    expect(events.at(-1)).toMatchObject({ type: "sync-completed", data: { run: { status: "completed" } } });
    expect(record).toMatchObject({ status: "completed", source: "sync:close", startedBy: "user:1" });
    expect(await app.storage.tenant("acme").records.count("contact")).toBe(1);
  });

  it("says on the audit trail who asked, and for what", async () => {
    const app = openSales();
    const { streamId } = await started(app, { full: true, kinds: ["contact"] });
    const { items } = await app.storage.tenant("acme").audit.list({ action: "sync-requested" });
    expect(items).toMatchObject([
      { actor: "user:1", subject: "connection:close", facts: { streamId, full: true, kinds: ["contact"] } },
    ]);
  });

  it("goes on once: whoever asks meanwhile is told the one that goes on", async () => {
    const app = openSales();
    const asked = await Promise.all([started(app), started(app), started(app)]);
    expect(new Set(asked.map(({ streamId }) => streamId)).size).toBe(1);
    expect(asked.filter(({ joined }) => joined)).toHaveLength(2);
    await toldBy(app, asked[0].streamId);
    await app.soon(settle());
    expect(await started(app)).toMatchObject({ joined: false });
  });

  it("that fails says why in its stream, without the words of others", async () => {
    const app = openSales({
      connection: { provider: () => Promise.reject(new Error("password hunter2 of the vault")) },
    });
    const { events, record } = await toldBy(app, (await started(app)).streamId);
    expect(events).toEqual([]);
    expect(record).toMatchObject({ status: "failed", error: { code: "internal" } });
    expect(JSON.stringify(record)).not.toContain("hunter2");
  });

  it("is stopped by its stream, and stays on record as stopped", async () => {
    const app = held();
    const { streamId } = await started(app);
    await app.json(`/streams/${streamId}/stop`, { as: MEMBER, json: { reason: "enough" } });
    await passTime(app, 500);
    app.go();
    const { record } = await toldBy(app, streamId);
    expect(record).toMatchObject({ status: "cancelled", stop: { by: "user:1", reason: "enough" } });
  });

  it("ends with its server, and its readers hear of it", async () => {
    const app = held();
    const { streamId } = await started(app);
    const closing = app.server[Symbol.asyncDispose]();
    expect(await app.json("/sync/close/run", { json: {} })).toMatchObject({ status: 503 });
    // Also where the CRM never answers.
    await app.soon(closing);
    expect((await toldBy(app, streamId)).record).toMatchObject({ status: "cancelled" });
  });

  it("ends the streams of syncs whose process died", async () => {
    const app = openSales();
    const { streams } = app.sales;
    await streams.open("acme", { id: "dead", source: "sync:close" });
    await streams.open("acme", { id: "other", source: "sync:hubspot" });
    app.clock.advance(61_000);
    await streams.open("acme", { id: "young", source: "sync:close" });
    await toldBy(app, (await started(app)).streamId);
    await passTime(app, 500);
    const statuses = await Promise.all(["dead", "other", "young"].map((id) => streams.get("acme", id)));
    expect(statuses.map((stream) => stream?.status)).toEqual(["failed", "open", "open"]);
  });

  describe("whose process died", () => {
    /** Begun in a process that says nothing any more: its stream is open, and its run on record as running. */
    async function openLeft() {
      const app = openSales();
      const { streams } = app.sales;
      const { syncCursors, syncRuns } = app.storage.tenant("acme");
      const after = (ms: number) => new Date(app.clock.now() + ms).toISOString();
      const value = { until: after(120_000) };
      await syncCursors.put({ connection: "close", name: "runs/s1", value });
      await syncRuns.put({
        ...{ id: "s1", connection: "close", kinds: ["contact"], direction: "both", trigger: "manual" },
        ...{ status: "running", counts: {}, startedAt: after(0) },
      });
      await streams.open("acme", { id: "left", source: "sync:close" });
      const writer = await app.soon(streams.writer("acme", "left", { fence: 1 }));
      await writer.write({ type: "sync-started", data: { syncId: "s1" } });
      await app.soon(writer.close());
      return app;
    }

    it("is told as failed by the next look at it, and the readers of its stream hear of it", async () => {
      const app = await openLeft();
      app.clock.advance(119_000);
      expect((await app.json("/sync/close")).body.lastRun).toMatchObject({ status: "running" });
      expect((await app.json("/streams/left")).body.status).toBe("open");
      app.clock.advance(2_000);
      const failed = { status: "failed", error: { code: "internal" } };
      expect((await app.json("/sync/close")).body.lastRun).toMatchObject(failed);
      expect((await app.json("/sync/close/history")).body.items).toMatchObject([failed]);
      expect((await app.json("/sync/close/history?status=running")).body.items).toEqual([]);
      expect((await toldBy(app, "left")).record).toMatchObject(failed);
    });

    it("is told as over by its own stream, when that is read, however many read it in several processes", async () => {
      const app = await openLeft();
      const other = openSales({ app: { storage: app.storage } });
      app.clock.advance(121_000);
      other.clock.advance(121_000);
      const seen = await Promise.all(
        [app, other, app, other].map(async (each) => (await each.json("/streams/left")).body),
      );
      for (const stream of seen)
        expect(stream).toMatchObject({ status: "failed", error: { code: "internal" } });
      expect([...app.faults, ...other.faults]).toEqual([]);

      const events = await openLeft();
      events.clock.advance(121_000);
      const text = await (await events.soon(events.ask("/streams/left/events"))).text();
      expect(text).toContain("event: end");
    });

    it("is told as over by lists of streams", async () => {
      const app = await openLeft();
      expect((await app.json("/streams")).body.items).toMatchObject([{ id: "left", status: "open" }]);
      app.clock.advance(121_000);
      expect((await app.json("/streams?status=open")).body.items).toEqual([]);
      expect((await app.json("/streams")).body.items).toMatchObject([{ id: "left", status: "failed" }]);
    });

    it("is no other's that goes on here, however long it is quiet", async () => {
      const app = held();
      const { streamId } = await started(app);
      app.clock.advance(121_000);
      const event = { tenant: "acme", at: "2026-11-21T12:00:00.000Z", connection: "close", syncId: "x" };
      const error = { code: "internal", message: "Gone." };
      app.sales.events.emit("sync-failed", { ...event, error, latencyMs: 1 });
      await passTime(app, 500);
      expect((await app.json(`/streams/${streamId}`)).body.status).toBe("open");
      app.go();
    });
  });

  it.each([
    ["/sync/close/run", { kinds: ["activity"] }, "body.kinds.0"],
    ["/sync/close/run", { kinds: [] }, "body.kinds"],
    ["/sync/close/run", { direction: "up" }, "body.direction"],
    ["/sync/close/run", { by: "user:boss" }, "body.by"],
    ["/sync/close/plan", { limit: 1_001 }, "body.limit"],
    ["/sync/close/allow-removals", {}, "body.kind"],
  ])("%s refuses %j, naming %s", async (path, json, place) => {
    const { status, body } = await openSales().json(path, { json });
    expect([status, body.issues?.[0]?.path]).toEqual([400, place]);
  });
});

describe("a plan", () => {
  it("tells what would be written, as far as its limit, and writes nothing", async () => {
    const { world, json, storage } = openSales();
    for (const firstName of ["Ada", "Bo", "Cy"]) world.create({ kind: "contact", fields: { firstName } });
    const two = await json("/sync/close/plan", { as: VIEWER, json: { limit: 2 } });
    expect(two.body).toMatchObject({
      more: true,
      writes: [{ side: "app", op: "create", kind: "contact" }, {}],
    });
    expect(two.body.writes[0].changes.firstName).toEqual({ from: null, to: "Ada" });
    expect((await json("/sync/close/plan", { json: { limit: 3 } })).body).toMatchObject({ more: false });
    expect(await storage.tenant("acme").records.count("contact")).toBe(0);
  });
});

describe("removals that are held", () => {
  it("are let go by an owner, of one's own tenant", async () => {
    const { json, storage } = openSales();
    const ask = (as: string) => json("/sync/close/allow-removals", { as, json: { kind: "contact" } });
    expect((await ask("acme/user:2/admin")).status).toBe(403);
    expect(await ask(OWNER)).toEqual({ status: 200, body: { removals: 0 } });
    expect(await ask(STRANGER)).toEqual({ status: 200, body: { removals: 0 } });
    const { items } = await storage.tenant("acme").audit.list({ action: "removals-allowed" });
    expect(items).toMatchObject([{ actor: "user:4" }]);
  });
});

describe("kinds that the CRM does not have", () => {
  const companiesOnly = () => {
    const app = openSales({ app: { crm: {} } });
    const { provider } = createCrmDouble({ clock: app.clock, provider: "close" });
    const { company } = provider.capabilities.kinds;
    const narrow = new Proxy(provider, {
      get: (target, name) =>
        name === "capabilities"
          ? { ...target.capabilities, kinds: { company } }
          : Reflect.get(target, name, target),
    });
    return openSales({ connection: { provider: narrow } });
  };

  it("are refused in a plan, and told by the stream of a run", async () => {
    const app = companiesOnly();
    const planned = await app.json("/sync/close/plan", { json: { kinds: ["deal"] } });
    expect(planned).toMatchObject({ status: 400, body: { issues: [{ path: "body.kinds" }] } });
    const { record } = await toldBy(app, (await started(app, { kinds: ["deal"] })).streamId);
    expect(record).toMatchObject({ status: "failed", error: { code: "request.invalid" } });
  });
});
