import { describe, expect, it } from "vitest";
import { apiKeys, firstOf } from "../access.js";
import { ADMIN, MEMBER, OWNER, openSales, STRANGER } from "../testing/open-sales.js";
import { asTold } from "../testing/open-table.js";

const request = { name: "Sync", role: "viewer" };

describe("API keys", () => {
  it("are made, told once, and good until they are revoked", async () => {
    const app = openSales();
    const keyed = openSales({
      app: { storage: app.storage },
      authorize: (asked) => firstOf(asTold, apiKeys(keyed.sales))(asked),
    });
    const made = await keyed.json("/keys", { as: ADMIN, json: { ...request, scopes: ["leads:read"] } });
    expect(made).toMatchObject({
      ...{ status: 201, body: { record: { name: "Sync", role: "viewer", createdBy: "user:2" } } },
    });
    const { key, record } = made.body;
    const bearer = { as: "", headers: { authorization: `Bearer ${key}` } };
    expect((await keyed.ask("/leads", bearer)).status).toBe(200);
    expect((await keyed.ask("/runs", bearer)).status).toBe(403);
    const listed = await keyed.ask("/keys", { as: ADMIN });
    const text = await listed.text();
    expect(JSON.parse(text).items).toMatchObject([{ id: record.id, scopes: ["leads:read"] }]);
    for (const secret of [key, key.split(".")[2], "hash"]) expect(text).not.toContain(secret);
    expect((await keyed.json(`/keys/${record.id}`, { as: ADMIN, method: "DELETE" })).status).toBe(204);
    expect((await keyed.ask("/leads", bearer)).status).toBe(401);
    expect((await keyed.json(`/keys/${record.id}`, { method: "DELETE" })).status).toBe(404);
    const { items } = await app.storage.tenant("acme").audit.list({ subject: `api-key:${record.id}` });
    expect(items.map(({ action, actor }) => [action, actor])).toEqual([
      ["api-key-issued", "user:2"],
      ["api-key-revoked", "user:2"],
    ]);
  });

  it("are never made to do more than their maker may", async () => {
    const { json } = openSales();
    const owner = await json("/keys", { as: ADMIN, json: { ...request, role: "owner" } });
    expect(owner).toMatchObject({ status: 403, body: { code: "access.denied" } });
    const scoped = "acme/key:1/owner/keys:manage,leads:read";
    const wide = await json("/keys", { as: scoped, json: request });
    expect(wide).toMatchObject({ status: 403, body: { facts: { permission: "agents:read" } } });
    const narrow = await json("/keys", { as: scoped, json: { ...request, scopes: ["leads:read"] } });
    expect(narrow.status).toBe(201);
    expect((await json("/keys", { as: OWNER, json: { ...request, role: "owner" } })).status).toBe(201);
  });

  it("are managed by admins, each in their own tenant", async () => {
    const { json, sales } = openSales();
    const { body } = await json("/keys", { json: request });
    const statuses = await Promise.all([
      json("/keys", { as: MEMBER }),
      json("/keys", { as: MEMBER, json: request }),
      json(`/keys/${body.record.id}`, { as: MEMBER, method: "DELETE" }),
      json(`/keys/${body.record.id}`, { as: STRANGER, method: "DELETE" }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 404]);
    expect((await json("/keys", { as: STRANGER })).body.items).toEqual([]);
    expect((await sales.apiKeys.verify(body.key)).tenant).toBe("acme");
  });

  it.each([
    [{}, "body.name"],
    [{ ...request, name: "" }, "body.name"],
    [{ ...request, role: "root" }, "body.role"],
    [{ ...request, scopes: [] }, "body.scopes"],
    [{ ...request, scopes: ["all"] }, "body.scopes.0"],
    [{ ...request, expiresAt: "tomorrow" }, "body.expiresAt"],
    [{ ...request, expiresAt: "2026-11-21T12:00:00Z" }, "body.expiresAt"],
    [{ ...request, by: "user:boss" }, "body.by"],
    [{ ...request, tenant: "globex" }, "body.tenant"],
  ])("are not made of %j, naming %s", async (json, place) => {
    const { status, body } = await openSales().json("/keys", { json });
    expect([status, body.issues?.[0]?.path]).toEqual([400, place]);
  });
});

describe("the audit trail", () => {
  it("is read by subject, action and run, in its order, by admins of the tenant", async () => {
    const { json, storage } = openSales();
    const record = { at: "2026-11-21T10:00:00.000Z", actor: "user:1", facts: { a: 1 } };
    await storage.tenant("acme").audit.addMany([
      { ...record, id: "a1", action: "lead-qualified", subject: "lead:1", runId: "r1" },
      { ...record, id: "a2", action: "lead-qualified", subject: "lead:2" },
      { ...record, id: "a3", action: "tool-called", subject: "lead:1", runId: "r1" },
    ]);
    const ids = async (path: string, as = ADMIN) =>
      (await json(path, { as })).body.items.map(({ id }: { id: string }) => id);
    expect(await ids("/audit")).toEqual(["a1", "a2", "a3"]);
    expect(await ids("/audit?subject=lead:1")).toEqual(["a1", "a3"]);
    expect(await ids("/audit?action=lead-qualified&runId=r1")).toEqual(["a1"]);
    const { body } = await json("/audit?limit=2");
    expect(await ids(`/audit?after=${encodeURIComponent(body.next)}`)).toEqual(["a3"]);
    expect(await ids("/audit", STRANGER)).toEqual([]);
    expect((await json("/audit", { as: MEMBER })).status).toBe(403);
    expect((await json("/audit?after=nowhere")).body.issues).toMatchObject([{ path: "query.after" }]);
    expect((await json("/audit?actor=user:1")).body.issues).toMatchObject([{ path: "query.actor" }]);
  });
});
