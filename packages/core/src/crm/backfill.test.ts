import { describe, expect, it } from "vitest";
import { backfill } from "./backfill.js";
import { pullChanges } from "./pull-changes.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const ids = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("backfill", () => {
  it("misses none of many that share one stamp, at whatever borders the pages have", async () => {
    for (const pageSize of [1, 2, 3, 7, 99, 100, 101]) {
      const { context, world, storage } = openSync({ pageSize, stamps: { digits: 0 } });
      for (const index of ids(100)) world.create({ kind: "contact", fields: { title: `T${index}` } });
      await syncCycle(context);
      expect([pageSize, await storage.records.count("contact")]).toEqual([pageSize, 100]);
    }
  });

  it("takes in what changes during the walk, and goes on after a page where it was cut off", async () => {
    let pages = 0;
    const cut = new Error("the process ended");
    const { context, world, storage } = openSync({
      pageSize: 10,
      faults: ({ operation }) => {
        if (operation !== "list") return undefined;
        pages += 1;
        if (pages === 2) world.edit({ kind: "contact", id: "contact-1", fields: { title: "edited" } });
        if (pages === 4) return { type: "throw", error: cut, when: "before" };
        return undefined;
      },
    });
    for (const index of ids(50)) world.create({ kind: "contact", fields: { title: `T${index}` } });
    await expect(backfill(context, "contact")).rejects.toBe(cut);
    expect(await storage.records.count("contact")).toBe(30);
    await backfill(context, "contact");
    expect(pages).toBe(4 + 2);
    await syncCycle(context);
    const [first] = (await storage.links.findByCrmIds("double", "contact", ["contact-1"])) ?? [];
    expect(await storage.records.get("contact", first?.recordId ?? "")).toMatchObject({
      fields: { title: "edited" },
    });
    expect(await storage.records.count("contact")).toBe(50);
  });

  it("writes no record again that says what it said before", async () => {
    const { context, world, storage } = openSync({ pageSize: 10 });
    for (const index of ids(30)) world.create({ kind: "contact", fields: { title: `T${index}` } });
    await syncCycle(context);
    const before = (await storage.links.list("double")).items;
    expect(await backfill(context, "contact", { anew: true })).toMatchObject({ read: 30, unchanged: 30 });
    expect((await storage.links.list("double")).items).toEqual(before);
  });

  it("looks for missing records only among links that were there before it began", async () => {
    const { context, world, storage } = openSync({ pageSize: 500 }, { kinds: ["contact"] });
    for (const index of ids(1_001)) world.create({ kind: "contact", fields: { title: `T${index}` } });
    let read = 0;
    const list: typeof storage.links.list = async (...wanted) => {
      const page = await storage.links.list(...wanted);
      read += page.items.length;
      return page;
    };
    const watched = { ...context, storage: { ...storage, links: { ...storage.links, list } } };
    await backfill(watched, "contact");
    expect(read).toBeLessThan(1_001);
  });

  it("has one process walk where two begin, and loses nothing", async () => {
    const { context, world, storage } = openSync({ pageSize: 5 });
    for (const index of ids(40)) world.create({ kind: "contact", fields: { title: `T${index}` } });
    await Promise.all([backfill(context, "contact"), backfill(context, "contact")]);
    await backfill(context, "contact");
    await pullChanges(context, "contact");
    expect(await storage.records.count("contact")).toBe(40);
  });

  it("makes a dead letter of a record that is too large, and takes in the others", async () => {
    const { context, world, storage } = openSync({}, { limits: { maxRecordChars: 1_000 } });
    world.create({ kind: "contact", fields: { title: "x".repeat(2_000) } });
    world.create({ kind: "contact", fields: { title: "CTO" } });
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(1);
    const [letter] = (await storage.deadLetters.list()).items;
    expect(letter).toMatchObject({
      operation: "pull",
      crmId: "contact-1",
      error: { code: "crm.field_invalid" },
    });
    expect(letter?.error.message).not.toContain("xxx");
  });
});
