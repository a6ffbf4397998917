import { describe, expect, it } from "vitest";
import type { SyncContext } from "./sync-context.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const LEASE_MS = 1_000_000;

/** A context whose process ends as soon as the CRM took what it was told. */
function endingAfterWrite(context: SyncContext): SyncContext {
  const provider = new Proxy(context.provider, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "writeMany") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: Parameters<typeof target.writeMany>) => {
        await target.writeMany(...args);
        throw new Error("the process ends");
      };
    },
  });
  return { ...context, provider };
}

describe("what the CRM was told by a process that ended", () => {
  it("is no edit of its users, so that a later edit of the app goes over it", async () => {
    const { context, world, storage, clock, putInApp } = openSync();
    await putInApp("contact", "ada", { email: "ada@x.example", title: "CIO" });
    await syncCycle(context);
    await putInApp("contact", "ada", { email: "ada@x.example", title: "CTO" });
    await expect(syncCycle(endingAfterWrite(context))).rejects.toThrow("the process ends");
    expect(world.records("contact")[0]?.fields.title).toBe("CTO");
    await putInApp("contact", "ada", { email: "ada@x.example", title: "CEO" });
    clock.advance(LEASE_MS);
    // The CRM moves the stamp by itself, later than the app's edit.
    world.edit({
      kind: "contact",
      id: world.standing("contact")[0] ?? "",
      fields: { phone: "+14155550100" },
    });
    await syncCycle(context);
    expect(world.records("contact")[0]?.fields.title).toBe("CEO");
    expect((await storage.records.get("contact", "ada"))?.fields).toMatchObject({ title: "CEO" });
    expect(await storage.conflicts.count()).toBe(0);
  });

  it("is a change of the app still, where the request may never have come and the record is removed there since", async () => {
    const { context, world, storage, clock, putInApp } = openSync();
    await putInApp("contact", "ada", { email: "ada@x.example", title: "CIO" });
    await syncCycle(context);
    await putInApp("contact", "ada", { email: "ada@x.example", title: "CTO" });
    world.fail({ type: "request-lost" }, { on: "write", times: 1_000 });
    await syncCycle(context);
    world.remove("contact", world.standing("contact")[0] ?? "");
    clock.advance(LEASE_MS);
    await syncCycle(context);
    expect((await storage.records.get("contact", "ada"))?.fields.title).toBe("CTO");
    const { items } = await storage.conflicts.list({ status: "open" });
    expect(items).toMatchObject([{ field: "$record", app: "changed", crm: "removed" }]);
  });

  it("is as little one of the app's as what the app was told, so that a later edit of the CRM goes over that", async () => {
    const { context, world, storage, clock, putInApp } = openSync();
    const fields = { email: "ada@x.example", title: "CIO", phone: "+14155550101" };
    await putInApp("contact", "ada", fields);
    await syncCycle(context);
    const [id = ""] = world.standing("contact");
    world.edit({ kind: "contact", id, fields: { phone: "+14155550102" } });
    await putInApp("contact", "ada", { ...fields, title: "CTO" });
    await expect(syncCycle(endingAfterWrite(context))).rejects.toThrow("the process ends");
    world.edit({ kind: "contact", id, fields: { phone: "+14155550103" } });
    clock.advance(LEASE_MS);
    await putInApp("contact", "ada", { ...fields, title: "CEO", phone: "+14155550102" });
    await syncCycle(context);
    expect(world.records("contact")[0]?.fields).toMatchObject({ title: "CEO", phone: "+14155550103" });
    expect((await storage.records.get("contact", "ada"))?.fields.phone).toBe("+14155550103");
    expect(await storage.conflicts.count()).toBe(0);
  });

  it("keeps its open conflicts in mind, so that those that are over end", async () => {
    const { context, world, storage, clock, putInApp } = openSync();
    await putInApp("contact", "ada", { email: "ada@x.example", firstName: "Ada", title: "CIO" });
    await syncCycle(context);
    const [id = ""] = world.standing("contact");
    world.edit({ kind: "contact", id, fields: { firstName: "Augusta" } });
    await putInApp("contact", "ada", { email: "ada@x.example", firstName: "Adah", title: "CTO" });
    await expect(syncCycle(endingAfterWrite(context))).rejects.toThrow("the process ends");
    world.edit({ kind: "contact", id, fields: { firstName: "Byron" } });
    clock.advance(LEASE_MS);
    await syncCycle(context);
    const { items } = await storage.conflicts.list({ status: "open" });
    expect(items.map(({ field, app, crm }) => [field, app, crm])).toEqual([["firstName", "Adah", "Byron"]]);
  });
});
