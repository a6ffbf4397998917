import { describe, expect, it } from "vitest";
import { draftOf } from "./link-notes.js";
import { resolveConflict } from "./resolve-conflict.js";
import { allowRemovals } from "./settle-removals.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const DAY_MS = 86_400_000;

async function synced(count: number, double: Parameters<typeof openSync>[0] = {}) {
  const sync = openSync({ pageSize: 10, ...double });
  for (let index = 0; index < count; index++) {
    sync.world.create({ kind: "contact", fields: { title: `T${index}` } });
  }
  await syncCycle(sync.context);
  return sync;
}

describe("removals", () => {
  it("are made on the other side, in both directions, as long as they are few", async () => {
    const { context, world, storage } = await synced(20);
    world.remove("contact", "contact-1");
    const [link] = await storage.links.findByCrmIds("double", "contact", ["contact-2"]);
    await storage.records.writeMany([{ op: "remove", kind: "contact", id: link?.recordId ?? "" }]);
    const { counts, braked } = await syncCycle(context);
    expect(counts).toMatchObject({ removedInApp: 1, removedInCrm: 1 });
    expect(braked).toEqual([]);
    expect([await storage.records.count("contact"), world.standing("contact").length]).toEqual([18, 18]);
  });

  it.each([
    {
      ...{ what: "are made though the CRM added something by itself as it made the record" },
      ...{ edit: undefined, removed: 1, open: 0 },
    },
    {
      ...{ what: "are asked about where somebody edited what the CRM had just made" },
      ...{ edit: { title: "CTO" }, removed: 0, open: 1 },
    },
  ])("$what", async ({ edit, removed, open }) => {
    const { context, world, storage, clock } = openSync();
    const id = world.create({ kind: "contact", fields: { firstName: "Ada", fullName: "Ada Byron" } });
    await syncCycle(context);
    const [link] = await storage.links.findByCrmIds("double", "contact", [id]);
    if (!link) throw new Error("no link");
    const { crmHash: _hash, ...made } = draftOf(link);
    const sent = { firstName: "Ada" };
    // as it stands when the CRM has made it of what was sent, and nobody has looked at it since
    await storage.links.writeMany([
      { link: { ...made, base: { app: sent, crm: sent }, dueAt: "2000-01-01T00:00:00.000Z" } },
    ]);
    clock.advance(1_000);
    if (edit) world.edit({ kind: "contact", id, fields: edit });
    await storage.records.writeMany([{ op: "remove", kind: "contact", id: link.recordId }]);
    const { counts } = await syncCycle(context);
    expect(counts.removedInCrm).toBe(removed);
    expect((await storage.conflicts.list({ status: "open" })).items).toHaveLength(open);
  });

  it("are held back beyond the limit until somebody allows them, and then made once", async () => {
    const { context, world, storage, told } = await synced(40);
    for (let index = 1; index <= 15; index++) world.remove("contact", `contact-${index}`);
    const { braked } = await syncCycle(context);
    expect(braked).toMatchObject([
      { code: "sync.braked", facts: { kind: "contact", removals: 15, of: 40, limit: 10 } },
    ]);
    expect(told).toContainEqual({ type: "braked", kind: "contact", removals: 15, limit: 10, of: 40 });
    expect(await storage.records.count("contact")).toBe(40);
    expect(await allowRemovals(context, { kind: "contact", by: "user:1" })).toBe(15);
    expect((await syncCycle(context)).braked).toEqual([]);
    expect(await storage.records.count("contact")).toBe(25);
    world.remove("contact", "contact-30");
    expect((await syncCycle(context)).braked).toHaveLength(1);
    expect((await storage.audit.list({ action: "removals-allowed" })).items).toHaveLength(1);
  });

  it("leave conflicts open until they are made, since the record may come back", async () => {
    const { context, world, storage, putInApp } = openSync({}, { limits: { removals: 0, removalShare: 0 } });
    const id = world.create({ kind: "contact", fields: { firstName: "Ada", email: "ada@x.example" } });
    await syncCycle(context);
    const [record] = (await storage.records.list("contact")).items;
    await putInApp("contact", record?.id ?? "", { firstName: "App", email: "ada@x.example" });
    world.edit({ kind: "contact", id, fields: { firstName: "Crm" } });
    await syncCycle(context);
    world.remove("contact", id);
    await syncCycle(context);
    world.restore("contact", id);
    await syncCycle(context);
    const { items } = await storage.conflicts.list({ status: "open" });
    expect(items.map(({ field, app, crm }) => [field, app, crm])).toEqual([["firstName", "App", "Crm"]]);
  });

  it("count those of the last 24 hours, so that many small syncs don't pass the limit either", async () => {
    const { context, world, storage, clock } = await synced(40);
    for (let index = 1; index <= 12; index++) {
      world.remove("contact", `contact-${index}`);
      await syncCycle(context);
    }
    expect(await storage.records.count("contact")).toBe(30);
    clock.advance(DAY_MS + 1_000);
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(28);
  });

  it.each(["truncated", "filtered"] as const)("are none where a listing is %s", async (type) => {
    let isLying = false;
    const { context, storage, world } = await synced(40, {
      faults: ({ operation }) => (isLying && operation === "list" ? { type } : undefined),
    });
    isLying = true;
    const { counts } = await syncCycle(context, { full: true });
    expect(counts).toMatchObject({ removedInApp: 0, removedInCrm: 0 });
    expect([await storage.records.count("contact"), world.standing("contact").length]).toEqual([40, 40]);
  });

  it("are a conflict where the other side was changed since, and nothing is written until it is resolved", async () => {
    const { context, world, storage } = await synced(3);
    for (const [crmId, take] of [
      ["contact-1", "crm"],
      ["contact-2", "app"],
    ] as const) {
      const [link] = await storage.links.findByCrmIds("double", "contact", [crmId]);
      await storage.records.writeMany([{ op: "remove", kind: "contact", id: link?.recordId ?? "" }]);
      world.edit({ kind: "contact", id: crmId, fields: { title: "edited" } });
      await syncCycle(context);
      await syncCycle(context);
      const open = (await storage.conflicts.list({ status: "open" })).items;
      expect(open).toMatchObject([{ field: "$record", app: "removed", crm: "changed" }]);
      await resolveConflict(context, { id: open[0]?.id ?? "", choice: { take }, by: "user:1" });
      await syncCycle(context);
    }
    expect(world.standing("contact")).toEqual(["contact-1", "contact-3"]);
    expect(await storage.records.count("contact")).toBe(2);
  });

  it("come back with a record that the CRM restores", async () => {
    const { context, world, storage } = await synced(3);
    world.remove("contact", "contact-1");
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(2);
    world.restore("contact", "contact-1");
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(3);
  });
});
