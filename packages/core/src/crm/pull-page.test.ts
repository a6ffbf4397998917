import type { CrmRecord } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { pullPage } from "./pull-page.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const CONTACTS = { kinds: ["contact"] } as const;
const ada = { firstName: "Ada", email: "ada@x.example" };

describe("pullPage", () => {
  it("takes a record that stands again for the one that was linked, though another in its page has the same address", async () => {
    const { context, world, storage, putInApp } = openSync({}, CONTACTS);
    const first = world.create({ kind: "contact", fields: ada });
    await syncCycle(context);
    const [record] = (await storage.records.list("contact")).items;
    world.remove("contact", first);
    await syncCycle(context);
    await putInApp("contact", record?.id ?? "", ada);
    world.restore("contact", first);
    world.create({ kind: "contact", fields: ada });
    await pullPage(context, "contact", { records: world.records("contact"), from: "changes" });
    const links = await storage.links.findByCrmIds("double", "contact", world.standing("contact"));
    expect(links.map((link) => link?.recordId === record?.id)).toEqual([true, false]);
  });

  it("takes one merge for one, however often a page tells of it", async () => {
    const { context, world, storage } = openSync({}, CONTACTS);
    const ids = ["Ada", "Bo"].map((firstName) => world.create({ kind: "contact", fields: { firstName } }));
    const [survivor = "", loser = ""] = ids;
    await syncCycle(context);
    world.merge("contact", survivor, loser);
    const removal = { kind: "contact", id: loser, mergedInto: survivor } as const;
    const records: readonly CrmRecord[] = world.records("contact");
    await pullPage(context, "contact", { records, removed: [removal, removal], from: "changes" });
    await syncCycle(context);
    expect(await storage.records.count("contact")).toBe(1);
  });

  it("links each of many new records with its own, but for one that the store refuses", async () => {
    const fields = { contact: { "custom.score": {} } };
    const { context, world, storage } = openSync({}, { ...CONTACTS, fields });
    const ids = Array.from({ length: 300 }, (_, index) =>
      world.create({ kind: "contact", fields: { title: `T${index}` } }),
    );
    const bad = ids[200];
    const records = world
      .records("contact")
      .map((record) => (record.id === bad ? { ...record, custom: { score: Number.NaN } } : record));
    const counts = await pullPage(context, "contact", { records, from: "changes" });
    expect(counts).toMatchObject({ read: 300, created: 299, refused: 1 });
    const links = await storage.links.findByCrmIds("double", "contact", ids);
    for (const [index, link] of links.entries()) {
      const record = link && (await storage.records.get("contact", link.recordId));
      expect(record?.fields.title).toBe(ids[index] === bad ? undefined : `T${index}`);
    }
  });
});
