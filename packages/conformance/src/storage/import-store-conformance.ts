import { at, sampleImport } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** How far imports have come. */
export function importStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("import-store/1", () => {
    it("gives back an import as it was saved", async () => {
      await using storage = await open();
      const { imports } = storage.tenant("acme");
      await imports.save(sampleImport("file"));
      expect(await imports.get("file")).toEqual(sampleImport("file"));
      expect(await imports.get("another")).toBe(undefined);
    });

    it("replaces an import whole when it is saved again", async () => {
      await using storage = await open();
      const { imports } = storage.tenant("acme");
      await imports.save(sampleImport("file"));
      const done = sampleImport("file", { status: "completed", rows: 9, position: {}, updatedAt: at(30) });
      await imports.save(done);
      expect(await imports.get("file")).toEqual(done);
    });
  });
}
