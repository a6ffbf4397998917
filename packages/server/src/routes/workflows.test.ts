import { describe, expect, it } from "vitest";
import { ADMIN, MEMBER, openSales, STRANGER, toldBy, VIEWER } from "../testing/open-sales.js";

/** Waits for the event `reply`, and gives what came. */
const outreach = (version = "1") => ({
  ...{ name: "outreach", version, start: "reply" },
  nodes: [
    { id: "reply", kind: "wait", event: "reply" },
    { id: "done", kind: "end", output: { answer: { from: "/steps/reply" } } },
  ],
  edges: [{ from: "reply", to: "done" }],
});

type App = ReturnType<typeof openSales>;
const save = (app: App, definition: object = outreach(), more = {}) =>
  app.json("/workflows", { as: ADMIN, json: { definition, ...more } });

describe("stored workflows", () => {
  it("are saved by whoever asks, and told in all their versions", async () => {
    const app = openSales({ prefix: "/sales" });
    const json: App["json"] = (path, asked) => app.json(`/sales${path}`, asked);
    const saved = await app.ask("/sales/workflows", {
      as: ADMIN,
      json: { definition: outreach(), note: "first" },
    });
    expect([saved.status, saved.headers.get("location")]).toEqual([
      201,
      "/sales/workflows/outreach/versions/1",
    ]);
    expect(await saved.json()).toMatchObject({ active: true, createdBy: "user:2", note: "first" });
    await json("/workflows", { as: ADMIN, json: { definition: outreach("2") } });
    const versions = await json("/workflows/outreach/versions", { as: VIEWER });
    expect(versions.body.items.map(({ version }: { version: string }) => version)).toEqual(["2", "1"]);
    expect(versions.body.items[0]).not.toHaveProperty("definition");
    expect((await json("/workflows?active=true")).body.items).toMatchObject([{ version: "1" }]);
    expect((await json("/workflows/outreach")).body).toMatchObject({ version: "1", definition: outreach() });
    expect((await json("/workflows/outreach/versions/2")).body).toMatchObject({ active: false });
  });

  it("are begun with another version from then on, also an older one", async () => {
    const app = openSales();
    await save(app);
    await save(app, outreach("2"), { activate: true });
    const back = await app.json("/workflows/outreach/versions/1/activate", { as: ADMIN, method: "POST" });
    expect(back).toMatchObject({ status: 200, body: { version: "1", active: true } });
    expect((await app.json("/workflows/outreach")).body.version).toBe("1");
    expect((await app.json("/workflows/outreach/versions/3/activate", { method: "POST" })).status).toBe(404);
  });

  it("that can't be run are refused with all that is wrong, place by place", async () => {
    const app = openSales();
    const broken = { ...outreach(), edges: [{ from: "reply", to: "nowhere" }] };
    const { status, body } = await save(app, broken);
    expect([status, body.code]).toEqual([422, "graph.invalid"]);
    expect(body.issues.length).toBeGreaterThan(0);
    for (const { path } of body.issues) expect(path).toMatch(/^body\.definition/);
    expect(JSON.stringify(body.issues)).toContain("nowhere");
    expect((await app.json("/workflows")).body.items).toEqual([]);
  });

  it("never change: another definition of a version is refused", async () => {
    const app = openSales();
    await save(app);
    expect((await save(app, { ...outreach(), description: "changed" })).status).toBe(422);
  });

  it.each([
    ["/workflows", {}, "body.definition"],
    ["/workflows", { definition: "outreach" }, "body.definition"],
    ["/workflows", { definition: {}, by: "user:boss" }, "body.by"],
    ["/workflows/outreach/run", { input: [] }, "body.input"],
    ["/workflows/outreach/run", { id: "mine" }, "body.id"],
    ["/workflow-runs/r1/cancel", { reason: "" }, "body.reason"],
    ["/workflow-runs/r1/events/approval:a1", {}, "params.event"],
  ])("%s refuses %j, naming %s", async (path, json, place) => {
    const { status, body } = await openSales().json(path, { json });
    expect([status, body.issues?.[0]?.path]).toEqual([400, place]);
  });

  it("are not there for another tenant", async () => {
    const app = openSales();
    await save(app);
    const stranger = { as: STRANGER };
    expect((await app.json("/workflows", stranger)).body.items).toEqual([]);
    for (const path of ["", "/versions", "/versions/1"]) {
      expect((await app.json(`/workflows/outreach${path}`, stranger)).status).toBe(404);
    }
    const run = await app.json("/workflows/outreach/run", { ...stranger, json: {} });
    const activate = await app.json("/workflows/outreach/versions/1/activate", {
      ...stranger,
      method: "POST",
    });
    expect([run.status, activate.status]).toEqual([404, 404]);
  });

  it("are written by admins, and run by members", async () => {
    const app = openSales();
    await save(app);
    const statuses = await Promise.all([
      app.json("/workflows", { as: MEMBER, json: { definition: outreach("2") } }),
      app.json("/workflows/outreach/versions/1/activate", { as: MEMBER, method: "POST" }),
      app.json("/workflows/outreach/run", { as: VIEWER, json: {} }),
      app.json("/workflow-runs/r1/events/reply", { as: VIEWER, json: {} }),
      app.json("/workflow-runs/r1/cancel", { as: VIEWER, json: {} }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });
});

describe("a run of a workflow", () => {
  async function begun() {
    const app = openSales({ app: { durable: { pollMs: 50 } } });
    await app.sales.work();
    await save(app);
    const response = await app.soon(
      app.ask("/workflows/outreach/run", { as: MEMBER, json: { input: { a: 1 } } }),
    );
    const { id } = (await response.json()) as { id: string };
    return { ...app, id, response };
  }

  it("is told as a stream, waits, and goes on with what is put to it", async () => {
    const app = await begun();
    expect([app.response.status, app.response.headers.get("location")]).toEqual([202, `/streams/${app.id}`]);
    await app.soon(app.sales.runs.result("acme", app.id));
    expect((await app.json(`/workflow-runs/${app.id}`, { as: VIEWER })).body).toMatchObject({
      ...{ workflow: "outreach", version: "1", status: "waiting", open: ["reply"] },
    });
    expect((await app.json("/workflow-runs?status=waiting")).body.items).toMatchObject([{ runId: app.id }]);
    const put = await app.json(`/workflow-runs/${app.id}/events/reply`, { as: MEMBER, json: "yes" });
    expect(put.status).toBe(204);
    const { events, record } = await toldBy(app, app.id);
    expect(record?.status).toBe("completed");
    expect(events.at(-1)).toMatchObject({ type: "run-completed" });
    expect((await app.json(`/workflow-runs/${app.id}`)).body).toMatchObject({ status: "completed" });
    const late = await app.json(`/workflow-runs/${app.id}/events/reply`, { json: "again" });
    expect(late).toMatchObject({ status: 409, body: { code: "flow.wrong_state" } });
  });

  it("is ended by whoever asks, and its stream with it", async () => {
    const app = await begun();
    await app.soon(app.sales.runs.result("acme", app.id));
    expect((await app.json(`/workflow-runs/${app.id}/cancel`, { as: MEMBER, json: {} })).status).toBe(204);
    expect((await toldBy(app, app.id)).record).toMatchObject({ status: "cancelled" });
    expect((await app.json(`/workflow-runs/${app.id}`)).body).toMatchObject({
      ...{ status: "cancelled", stop: { by: "user:1", reason: "asked for" } },
    });
    expect((await app.json(`/workflow-runs/${app.id}/cancel`, { json: {} })).status).toBe(409);
  });

  it.each([
    ["GET", "", undefined],
    ["POST", "/events/reply", "yes"],
    ["POST", "/cancel", {}],
  ])("is not there for another tenant: %s %s", async (method, path, json) => {
    const app = await begun();
    await app.soon(app.sales.runs.result("acme", app.id));
    const asked = { as: STRANGER, method, json };
    const [theirs, nowhere] = [
      await app.json(`/workflow-runs/${app.id}${path}`, asked),
      await app.json(`/workflow-runs/nowhere${path}`, asked),
    ];
    expect([theirs.status, nowhere.status]).toEqual([404, 404]);
    expect((await app.json("/workflow-runs", { as: STRANGER })).body.items).toEqual([]);
    expect((await app.sales.runs.get("acme", app.id))?.status).toBe("waiting");
  });
});
