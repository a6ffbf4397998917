import type { ConflictRecord } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { MEMBER, openSales, STRANGER, VIEWER } from "../testing/open-sales.js";

const at = "2026-11-21T10:00:00.000Z";

/** An app with a conflict `c1` of a contact's title, one of a whole record, and a dead letter `d1`. */
async function reviewed() {
  const app = openSales();
  const id = app.world.create({ kind: "contact", fields: { firstName: "Ada", title: "CIO" } });
  const sync = app.sales.sync?.tenant("acme");
  await sync?.run("close").result();
  const stores = app.storage.tenant("acme");
  const [contact] = (await stores.records.list("contact")).items;
  const recordId = contact?.id ?? "";
  const conflict: Omit<ConflictRecord, "id" | "field"> = {
    ...{ connection: "close", kind: "contact", recordId, crmId: id, policy: "person" },
    ...{ base: "CIO", app: "CTO", crm: "CEO", status: "open", foundAt: at },
  };
  await stores.conflicts.addMany([
    { ...conflict, id: "c1", field: "title" },
    { ...conflict, id: "c2", field: "$record", app: "changed", crm: "removed" },
  ]);
  await stores.deadLetters.add({
    ...{ id: "d1", connection: "close", kind: "contact", recordId, operation: "update" },
    ...{ payload: { title: "CTO" }, error: { code: "crm.field_invalid", message: "No." }, addedAt: at },
  });
  return { ...app, stores };
}

describe("conflicts", () => {
  it("are listed by what they are about, and told one by one", async () => {
    const { json } = await reviewed();
    const all = await json("/sync/conflicts?status=open&connection=close", { as: VIEWER });
    expect(all.body.items.map(({ id }: { id: string }) => id).sort()).toEqual(["c1", "c2"]);
    expect((await json("/sync/conflicts?field=title")).body.items).toMatchObject([{ id: "c1", app: "CTO" }]);
    expect((await json("/sync/conflicts/c1")).body).toMatchObject({ id: "c1", base: "CIO", crm: "CEO" });
  });

  it("are settled by whoever asks, once", async () => {
    const { json, stores } = await reviewed();
    const settled = await json("/sync/conflicts/c1", { as: MEMBER, json: { take: "crm" } });
    expect(settled).toMatchObject({
      status: 200,
      body: { status: "resolved", taken: "crm", endedBy: "user:1" },
    });
    expect((await json("/sync/conflicts/c1", { json: { take: "app" } })).status).toBe(409);
    const { items } = await stores.audit.list({ action: "conflict-resolved" });
    expect(items).toMatchObject([{ actor: "user:1", facts: { conflict: "c1" } }]);
  });

  it("take a value in place of the two, but for a whole record", async () => {
    const { json } = await reviewed();
    const whole = await json("/sync/conflicts/c2", { json: { value: "kept" } });
    expect(whole).toMatchObject({ status: 400, body: { issues: [{ path: "body.value" }] } });
    const settled = await json("/sync/conflicts/c1", { json: { value: "COO" } });
    expect(settled.body).toMatchObject({ status: "resolved", taken: "value", value: "COO" });
  });

  it.each([{}, { take: "both" }, { take: "app", value: 1 }, { take: "app", by: "user:boss" }])(
    "are not settled by %j",
    async (json) => {
      const app = await reviewed();
      expect((await app.json("/sync/conflicts/c1", { json })).status).toBe(400);
      expect((await app.stores.conflicts.get("c1"))?.status).toBe("open");
    },
  );
});

describe("dead letters", () => {
  it("are listed, and tried again by whoever asks", async () => {
    const { json, stores } = await reviewed();
    expect((await json("/sync/dead-letters?status=open", { as: VIEWER })).body.items).toMatchObject([
      { id: "d1", operation: "update", payload: { title: "CTO" } },
    ]);
    const replayed = await json("/sync/dead-letters/d1/replay", { as: MEMBER, method: "POST" });
    expect(replayed).toMatchObject({ status: 202, body: { status: "replayed", endedBy: "user:1" } });
    expect((await json("/sync/dead-letters/d1/replay", { method: "POST" })).status).toBe(404);
    expect((await stores.audit.list({ action: "dead-letter-replayed" })).items).toHaveLength(1);
  });

  it("are given up, once", async () => {
    const { json } = await reviewed();
    const dropped = await json("/sync/dead-letters/d1/drop", { as: MEMBER, method: "POST" });
    expect(dropped).toMatchObject({ status: 200, body: { id: "d1", status: "dropped" } });
    expect((await json("/sync/dead-letters/d1/drop", { method: "POST" })).status).toBe(404);
  });
});

it.each([
  ["GET", "/sync/conflicts/c1", undefined],
  ["POST", "/sync/conflicts/c1", { take: "app" }],
  ["GET", "/sync/dead-letters/d1", undefined],
  ["POST", "/sync/dead-letters/d1/replay", undefined],
  ["POST", "/sync/dead-letters/d1/drop", undefined],
])("%s %s is the same for another tenant as for what there is not", async (method, path, json) => {
  const app = await reviewed();
  const asked = { as: STRANGER, method, json, headers: { "x-request-id": "r" } };
  const theirs = await app.json(path, asked);
  const nowhere = await app.json(path.replace(/[cd]1/, "x1"), asked);
  expect(theirs.status).toBe(404);
  expect(JSON.stringify(theirs).replaceAll(/[cd]1/g, "x1")).toBe(JSON.stringify(nowhere));
  expect((await app.stores.conflicts.get("c1"))?.status).toBe("open");
  expect((await app.stores.deadLetters.get("d1"))?.status).toBe("open");
});

it.each([
  ["/sync/conflicts/c1", { take: "app" }],
  ["/sync/dead-letters/d1/replay", undefined],
  ["/sync/dead-letters/d1/drop", undefined],
])("%s needs more than to look", async (path, json) => {
  const app = await reviewed();
  expect((await app.json(path, { as: VIEWER, method: "POST", json })).status).toBe(403);
});
