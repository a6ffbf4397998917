import { fullDraft, sampleDraft } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** Changing leads. */
export function leadChangeConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("lead-store/1", () => {
    it("replaces a lead's content under a new revision", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([fullDraft]);
      const before = await leads.get(outcome?.id ?? "");
      const after = await leads.replace(outcome?.id ?? "", sampleDraft("next", { stage: "won" }));
      expect(after).toMatchObject({
        ...sampleDraft("next"),
        stage: "won",
        custom: {},
        createdAt: before?.createdAt,
      });
      expect("contact" in after).toBe(false);
      expect(after.revision === before?.revision).toBe(false);
      expect(await leads.get(outcome?.id ?? "")).toEqual(after);
    });

    it("refuses a write made against a stale revision", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("one")]);
      const id = outcome?.id ?? "";
      const before = await leads.get(id);
      const current = await leads.replace(id, sampleDraft("one", { stage: "contacted" }), {
        ifRevision: before?.revision,
      });
      await expect(
        leads.replace(id, sampleDraft("one", { stage: "lost" }), { ifRevision: before?.revision }),
      ).rejects.toMatchObject({ code: "store.stale_revision", facts: { id, current: current.revision } });
      expect((await leads.get(id))?.stage).toBe("contacted");
    });

    it("lets one of two writes made against one revision win", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("one")]);
      const id = outcome?.id ?? "";
      const before = await leads.get(id);
      const tries = await Promise.allSettled(
        (["won", "lost"] as const).map((stage) =>
          leads.replace(id, sampleDraft("one", { stage }), { ifRevision: before?.revision }),
        ),
      );
      expect(tries.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    it("refuses to replace a lead that isn't there", async () => {
      await using storage = await open();
      await expect(storage.tenant("acme").leads.replace("nobody", sampleDraft("one"))).rejects.toMatchObject({
        code: "store.not_found",
        facts: { store: "leads", id: "nobody" },
      });
    });

    it("moves keys with a lead: new ones are claimed, dropped ones are free again", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("one", { keys: ["a:1", "a:2"] })]);
      await leads.replace(outcome?.id ?? "", sampleDraft("one", { keys: ["a:2", "a:3"] }));
      expect(await leads.findByKey("a:1")).toBe(undefined);
      expect((await leads.findByKey("a:3"))?.id).toBe(outcome?.id);
      const [again] = await leads.insertMany([sampleDraft("two", { keys: ["a:1"] })]);
      expect(again?.status).toBe("inserted");
    });

    it("refuses to take a key from another lead", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [one] = await leads.insertMany([
        sampleDraft("one", { keys: ["a:1"] }),
        sampleDraft("two", { keys: ["a:2"] }),
      ]);
      await expect(
        leads.replace(one?.id ?? "", sampleDraft("one", { keys: ["a:9", "a:2"] })),
      ).rejects.toMatchObject({ code: "store.invalid", facts: { field: "draft.keys" } });
      expect((await leads.findByKey("a:1"))?.id).toBe(one?.id);
      expect(await leads.findByKey("a:9")).toBe(undefined);
    });
  });
}
