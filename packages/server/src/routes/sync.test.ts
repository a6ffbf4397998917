import { describe, expect, it } from "vitest";
import { MEMBER, openSales, STRANGER, VIEWER } from "../testing/open-sales.js";

/** An app that has been synced once, with a contact from its CRM. */
async function synced() {
  const app = openSales();
  const id = app.world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@example.com" } });
  const run = await app.sales.sync?.tenant("acme").run("close").result();
  return { ...app, id, run };
}

describe("connections with CRMs", () => {
  it("say how they stand, all and each", async () => {
    const { json, run } = await synced();
    const all = await json("/sync", { as: VIEWER });
    expect(all).toMatchObject({
      status: 200,
      body: {
        items: [{ connection: "close", openConflicts: 0, lastRun: { id: run?.id, status: "completed" } }],
      },
    });
    expect((await json("/sync/close")).body).toEqual(all.body.items[0]);
  });

  it("tell another tenant nothing of this one's", async () => {
    const { json } = await synced();
    const stranger = { as: STRANGER };
    expect((await json("/sync/close", stranger)).body).toMatchObject({
      connection: "close",
      links: [],
      due: 0,
    });
    expect((await json("/sync/close", stranger)).body).not.toHaveProperty("lastRun");
    expect((await json("/sync/close/history", stranger)).body).toEqual({ items: [] });
    expect((await json("/sync/close/entries", stranger)).body).toEqual({ items: [] });
    expect((await json("/sync/metrics", stranger)).body).toMatchObject({ items: [{ runs: 0 }] });
  });

  it.each(["", "/history", "/entries", "/metrics"])(
    "that there are not are not found: /sync/hubspot%s",
    async (path) => {
      const { json } = openSales();
      expect(await json(`/sync/hubspot${path}`)).toMatchObject({
        status: 404,
        body: { code: "store.not_found" },
      });
    },
  );

  it("are none in an app without a CRM", async () => {
    const { json } = openSales({ app: { crm: {} } });
    for (const path of ["/sync", "/sync/metrics", "/sync/health", "/sync/conflicts", "/sync/dead-letters"]) {
      expect(await json(path)).toEqual({ status: 200, body: { items: [] } });
    }
    expect((await json("/sync/close")).status).toBe(404);
    expect((await json("/sync/close/run", { json: {} })).status).toBe(404);
    expect((await json("/sync/conflicts/c1")).status).toBe(404);
  });

  it("can't have the name of a route", () => {
    expect(() => openSales({ app: { crm: { health: { provider: () => Promise.reject() } } } })).toThrow(
      expect.objectContaining({
        code: "config.invalid",
        facts: expect.objectContaining({ option: "sales.crm" }),
      }),
    );
  });

  it("say how they do", async () => {
    const { json } = await synced();
    const { body } = await json("/sync/health");
    expect(body.items).toContainEqual({ name: "sync/close", status: "ok" });
  });
});

describe("the history of syncs", () => {
  it("has the runs by their status, page by page, and what was decided", async () => {
    const app = await synced();
    await app.sales.sync?.tenant("acme").run("close", { trigger: "schedule" }).result();
    const first = await app.json("/sync/close/history?limit=1&status=completed");
    expect(first.body.items).toMatchObject([{ trigger: "schedule" }]);
    const rest = await app.json(`/sync/close/history?limit=1&after=${encodeURIComponent(first.body.next)}`);
    expect(rest.body.items).toMatchObject([{ id: app.run?.id, trigger: "manual" }]);
    const entries = await app.json(`/sync/close/entries?kind=contact&runId=${app.run?.id}`);
    expect(entries.body.items).toMatchObject([{ kind: "contact", crmIds: [app.id] }]);
    expect((await app.json("/sync/close/entries?kind=deal")).body.items).toEqual([]);
  });

  it("adds up the runs since some time", async () => {
    const { json } = await synced();
    expect((await json("/sync/metrics")).body.items).toMatchObject([{ connection: "close", completed: 1 }]);
    expect((await json("/sync/close/metrics?since=2026-11-22T00:00:00Z")).body).toMatchObject({ runs: 0 });
    // Another way to write the same moment.
    expect((await json("/sync/close/metrics?since=2026-11-21T12:00:00Z")).body).toMatchObject({ runs: 1 });
  });

  it.each([
    ["/sync/close/history?status=open", "query.status"],
    ["/sync/close/history?limit=0", "query.limit"],
    ["/sync/close/history?after=nowhere", "query.after"],
    ["/sync/close/entries?kind=activity", "query.kind"],
    ["/sync/metrics?since=yesterday", "query.since"],
    ["/sync/conflicts?status=new", "query.status"],
    ["/sync/dead-letters?recordId=", "query.recordId"],
  ])("refuses %s, naming %s", async (path, place) => {
    const { status, body } = await openSales().json(path, { as: MEMBER });
    expect([status, body.issues?.[0]?.path]).toEqual([400, place]);
  });
});
