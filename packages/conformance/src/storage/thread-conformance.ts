import { atOnce } from "./flow-suite.js";
import { at, sampleMessage, sampleSummary } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

const named = (...names: readonly string[]) => names.map((name) => sampleMessage(name));

/** Threads as a whole: their last messages, their summaries, their end. */
export function threadConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("message-store/1, threads", () => {
    it("reads the last messages of a thread, by index", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("other", named("x"));
      await messages.append("thread", named("a", "b", "c", "d"));
      const indexes = async (want: { limit: number; from?: number }) =>
        (await messages.latest("thread", want)).map(({ index }) => index);
      expect(await indexes({ limit: 2 })).toEqual([2, 3]);
      expect(await indexes({ limit: 1000 })).toEqual([0, 1, 2, 3]);
      expect(await indexes({ limit: 3, from: 2 })).toEqual([2, 3]);
      expect(await indexes({ limit: 1, from: 2 })).toEqual([3]);
      expect(await indexes({ limit: 3, from: 4 })).toEqual([]);
      expect(await messages.latest("nobody's", { limit: 3 })).toEqual([]);
      expect(await messages.latest("other", { limit: 3 })).toEqual([
        { threadId: "other", index: 0, ...sampleMessage("x") },
      ]);
    });

    it("refuses to read less than one message, or more than 1,000, or from no index", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
        await expect(messages.latest("thread", { limit })).rejects.toMatchObject({ name: "RangeError" });
      }
      for (const from of [-1, 0.5, Number.NaN]) {
        await expect(messages.latest("thread", { limit: 1, from })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "want.from" },
        });
      }
    });

    it("tells how long a thread is, and nothing of one that nobody wrote to", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("thread", named("a", "b"));
      await messages.append("empty", []);
      expect(await messages.thread("thread")).toEqual({ threadId: "thread", length: 2 });
      expect("summary" in ((await messages.thread("thread")) ?? {})).toBe(false);
      expect(await messages.thread("empty")).toBe(undefined);
      expect(await messages.thread("nobody's")).toBe(undefined);
    });

    it("keeps a summary until one tells of more", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("thread", named("a", "b", "c"));
      expect(await messages.summarise("thread", sampleSummary(1))).toBe(true);
      expect(await messages.thread("thread")).toEqual({
        ...{ threadId: "thread", length: 3 },
        summary: sampleSummary(1),
      });
      for (const upTo of [0, 1]) {
        const late = sampleSummary(upTo, { text: "late", createdAt: at(50) });
        expect(await messages.summarise("thread", late)).toBe(false);
      }
      expect((await messages.thread("thread"))?.summary).toEqual(sampleSummary(1));
      const more = sampleSummary(2, { text: "more", createdAt: at(1) });
      expect(await messages.summarise("thread", more)).toBe(true);
      await messages.append("thread", named("d"));
      expect(await messages.thread("thread")).toEqual({ threadId: "thread", length: 4, summary: more });
      expect((await messages.list("thread")).items.length).toBe(4);
    });

    it("keeps no summary of messages that are not there", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("thread", named("a"));
      expect(await messages.summarise("thread", sampleSummary(1))).toBe(false);
      expect(await messages.summarise("nobody's", sampleSummary(0))).toBe(false);
      expect(await messages.thread("nobody's")).toBe(undefined);
      expect(await messages.thread("thread")).toEqual({ threadId: "thread", length: 1 });
      await expect(messages.summarise("thread", sampleSummary(-1))).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "summary.upTo" },
      });
    });

    it("keeps the summary that tells of most when many come at once", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("thread", named("a", "b", "c", "d", "e", "f"));
      const places = [3, 0, 5, 2, 4, 1];
      const kept = await atOnce(6, (index) =>
        messages.summarise("thread", sampleSummary(places[index] ?? 0)),
      );
      expect(kept[2]).toBe(true);
      expect((await messages.thread("thread"))?.summary).toEqual(sampleSummary(5));
    });

    it("drops a thread with its summary, and begins a new one at index 0", async () => {
      await using storage = await open();
      const { messages } = storage.tenant("acme");
      await messages.append("other", named("x", "y"));
      await messages.append("thread", named("a", "b"));
      await messages.summarise("thread", sampleSummary(1));
      expect(await messages.remove("thread")).toBe(true);
      expect(await messages.remove("thread")).toBe(false);
      expect(await messages.thread("thread")).toBe(undefined);
      expect((await messages.list("thread")).items).toEqual([]);
      expect((await messages.list("other")).items.length).toBe(2);
      expect(await messages.append("thread", named("new"))).toBe(0);
      expect(await messages.thread("thread")).toEqual({ threadId: "thread", length: 1 });
      expect(await messages.latest("thread", { limit: 9 })).toEqual([
        { threadId: "thread", index: 0, ...sampleMessage("new") },
      ]);
    });
  });
}
