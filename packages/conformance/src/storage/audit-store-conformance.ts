import { at, sampleAudit } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** The audit trail. */
export function auditStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("audit-store/1", () => {
    it("gives back a record as it was stored, and leaves absent what it left out", async () => {
      await using storage = await open();
      const { audit } = storage.tenant("acme");
      const records = [sampleAudit("1", { runId: "run-1" }), sampleAudit("2", { facts: {} })];
      await audit.addMany(records);
      const { items } = await audit.list();
      expect(items).toEqual(records);
      expect("runId" in (items[1] ?? {})).toBe(false);
    });

    it("passes over a record whose id is stored already", async () => {
      await using storage = await open();
      const { audit } = storage.tenant("acme");
      await audit.addMany([sampleAudit("1", { actor: "first" })]);
      await audit.addMany([sampleAudit("1", { actor: "second" }), sampleAudit("2", { actor: "third" })]);
      expect((await audit.list()).items.map((record) => record.actor)).toEqual(["first", "third"]);
    });

    it("lists in the order of storing, whatever the records' times, page by page", async () => {
      await using storage = await open();
      const { audit } = storage.tenant("acme");
      await audit.addMany([sampleAudit("b", { at: at(9) }), sampleAudit("a", { at: at(1) })]);
      await audit.addMany([sampleAudit("d", { at: at(9) }), sampleAudit("c", { at: at(5) })]);
      const listed = await readAll((page) => audit.list({}, page), 3);
      expect(listed.map((record) => record.id)).toEqual(["b", "a", "d", "c"]);
    });

    it("lists by subject, action and run", async () => {
      await using storage = await open();
      const { audit } = storage.tenant("acme");
      await audit.addMany([
        sampleAudit("1", { subject: "lead:1", action: "scored", runId: "x" }),
        sampleAudit("2", { subject: "lead:2", action: "scored", runId: "x" }),
        sampleAudit("3", { subject: "lead:1", action: "mailed", runId: "x" }),
        sampleAudit("4", { subject: "lead:1", action: "scored" }),
      ]);
      const idsOf = async (filter: Parameters<typeof audit.list>[0]) =>
        (await readAll((page) => audit.list(filter, page), 1)).map((record) => record.id);
      expect(await idsOf({ subject: "lead:1" })).toEqual(["1", "3", "4"]);
      expect(await idsOf({ action: "scored" })).toEqual(["1", "2", "4"]);
      expect(await idsOf({ runId: "x" })).toEqual(["1", "2", "3"]);
      expect(await idsOf({ subject: "lead:1", action: "scored", runId: "x" })).toEqual(["1"]);
    });
  });
}
