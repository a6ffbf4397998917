import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { appendOne, fillStream, numbered, readEvents, sampleAppend, sampleStream } from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

/** Dropping streams that need not be kept. */
export function retentionStreamConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("retention-store/1, streams", () => {
    it("drops streams that were last appended to before a time, the first opened first, with their events", async () => {
      await using storage = await open();
      const { streams, retention } = storage.tenant("acme");
      const other = storage.tenant("other").streams;
      for (const id of ["1", "2", "3"]) await fillStream(streams, sampleStream(id), [2, 1]);
      await fillStream(other, sampleStream("1"), [4]);
      await appendOne(streams, sampleAppend("2", { after: 3, end: { status: "completed" } }));
      const prune = async (before: string, limit = 1000) =>
        (await retention.prune({ streams: before, limit })).streams;
      const updated = (await streams.get("1"))?.updatedAt ?? "";
      expect(await prune(LONG_AGO)).toBe(0);
      expect((await streams.list()).items.length).toBe(3);
      expect(await prune(FAR_AHEAD, 2)).toBe(2);
      expect((await streams.list()).items.map(({ id }) => id)).toEqual(["3"]);
      expect(await streams.read("1")).toBe(undefined);
      expect(await appendOne(streams, sampleAppend("1", { after: 3 }))).toEqual({ status: "unknown" });
      expect(await streams.open(sampleStream("1"))).toBe(true);
      expect(await readEvents(streams, "1")).toEqual([]);
      await appendOne(streams, sampleAppend("1"));
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 1));
      expect((await retention.prune({ audit: updated })).streams).toBe(0);
      expect(await readEvents(other, "1")).toEqual(numbered(1, 4));
    });

    it("keeps a stream that was appended to since, however long ago it was opened", async () => {
      await using storage = await open();
      const { streams, retention } = storage.tenant("acme");
      await fillStream(streams, sampleStream("old"), [1]);
      await streams.open(sampleStream("new"));
      const opened = (await streams.get("new"))?.createdAt ?? "";
      for (let after = 1; (await streams.get("old"))?.updatedAt === opened || after === 1; after++) {
        await appendOne(streams, sampleAppend("old", { after }));
      }
      const [old, young] = [await streams.get("old"), await streams.get("new")];
      expect((await retention.prune({ streams: old?.updatedAt })).streams).toBe(1);
      expect((await streams.list()).items).toEqual([old]);
      expect((young?.updatedAt ?? "") < (old?.updatedAt ?? "")).toBe(true);
    });
  });
}
