import type { JsonValue, StreamFilter } from "@salesagent/ports";
import {
  appendOne,
  fillStream,
  numbered,
  readEvents,
  sampleAppend,
  sampleEvents,
  sampleStream,
} from "./sample-streams.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const BATCHES = [3, 1, 5, 2, 1];
const LAST = 12;

/** Streams that are read, listed and asked to stop. */
export function streamStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("stream-store/1", () => {
    it("reads on after every event, however many at a time", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), BATCHES);
      await fillStream(streams, sampleStream("10"), [20]);
      for (let after = 0; after <= LAST + 1; after++) {
        for (const limit of [1, 2, 4, LAST, 1000]) {
          const wanted = numbered(after + 1, Math.min(after + limit, LAST));
          expect(await readEvents(streams, "1", { after, limit })).toEqual(wanted);
        }
      }
      expect((await streams.read("1", { after: LAST }))?.record.last).toBe(LAST);
      expect(await streams.read("nobody")).toBe(undefined);
    });

    it("reads 500 events where it is told no number, and no other than 1 to 1,000", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [400, 1000]);
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 500));
      expect(await readEvents(streams, "1", { after: 300, limit: 1000 })).toEqual(numbered(301, 1300));
      for (const limit of [0, 1001, 1.5, Number.NaN]) {
        await expect(streams.read("1", { limit })).rejects.toMatchObject({ name: "RangeError" });
      }
      for (const after of [-1, 0.5]) {
        await expect(streams.read("1", { after })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "streams", field: "from.after" } },
        });
      }
    });

    it("gives back what was told as it was told", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const told: readonly JsonValue[] = [
        ...[null, false, 0, -1.5e-9, "", 'é"\\\n🐟', [], {}, ["[1, 2]", [[]]]],
        ...[{ "Odd key": { list: [1, null, { deep: 0.1 }] }, __proto: 1 }, "x".repeat(300_000)],
      ];
      await streams.open(sampleStream("1"));
      const events = told.map((data, index) => ({ type: `type ${index} 🐟`, data }));
      await appendOne(streams, sampleAppend("1", { events }));
      const part = await streams.read("1");
      expect(part?.events).toEqual(events.map((event, index) => ({ seq: index + 1, ...event })));
    });

    it("tells the stream as it stood with the events that it gives, while others append", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await streams.open(sampleStream("1"));
      let isDone = false;
      const writing = (async () => {
        for (let after = 0; after < 60; after += 2) {
          const end = after === 58 ? { end: { status: "completed" as const } } : {};
          await appendOne(streams, sampleAppend("1", { after, events: sampleEvents(after + 1, 2), ...end }));
        }
        isDone = true;
      })();
      try {
        for (let read = 0; !isDone || read < 2; read++) {
          const part = await streams.read("1", { limit: 1000 });
          const last = part?.record.last ?? 0;
          expect(part?.events.map(({ seq }) => seq)).toEqual(numbered(1, last).map(([seq]) => seq));
          expect(part?.record.status).toBe(last === 60 ? "completed" : "open");
        }
      } finally {
        await writing;
      }
    });

    it("keeps who asked first for the end of a stream that goes on, and tells whoever appends", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [1]);
      const before = await streams.get("1");
      expect(await streams.requestStop("1", { by: "ada", reason: "enough" })).toBe(true);
      const asked = await streams.get("1");
      expect(asked).toEqual({ ...before, stop: { by: "ada", reason: "enough", at: asked?.stop?.at } });
      expect(new Date(asked?.stop?.at ?? "").toISOString()).toBe(asked?.stop?.at);
      expect(await streams.requestStop("1", { by: "bob", reason: "me too" })).toBe(true);
      expect(await streams.get("1")).toEqual(asked);
      const write = sampleAppend("1", { after: 1, end: { status: "cancelled" } });
      expect(await appendOne(streams, write)).toEqual({ status: "written", last: 2, stop: asked?.stop });
      expect(await streams.requestStop("1", { by: "bob", reason: "again" })).toBe(false);
      expect(await streams.requestStop("nobody", { by: "bob", reason: "again" })).toBe(false);
      expect((await streams.get("1"))?.stop).toEqual(asked?.stop);
    });

    it("lists by source, status, thread and lead", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await streams.open(sampleStream("1", { source: "a", threadId: "t", leadId: "x" }));
      await streams.open(sampleStream("2", { source: "a", threadId: "u", leadId: "x" }));
      await streams.open(sampleStream("3", { source: "b", threadId: "t", leadId: "y" }));
      await streams.open(sampleStream("4", { source: "b" }));
      for (const id of ["1", "4"]) {
        await appendOne(streams, sampleAppend(id, { end: { status: "completed" } }));
      }
      const idsOf = async (filter: StreamFilter) =>
        (await streams.list(filter)).items.map(({ id }) => id).sort();
      expect(await idsOf({})).toEqual(["1", "2", "3", "4"]);
      expect(await idsOf({ source: "a" })).toEqual(["1", "2"]);
      expect(await idsOf({ status: "completed" })).toEqual(["1", "4"]);
      expect(await idsOf({ status: "open", source: "b" })).toEqual(["3"]);
      expect(await idsOf({ threadId: "t" })).toEqual(["1", "3"]);
      expect(await idsOf({ leadId: "x" })).toEqual(["1", "2"]);
      expect(await idsOf({ threadId: "t", leadId: "x", status: "completed" })).toEqual(["1"]);
      expect((await streams.list({ threadId: "u" })).items).toEqual([await streams.get("2")]);
    });

    it("lists the stream that was opened last first, page by page, while others are opened", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      for (let index = 0; index < 6; index++) await streams.open(sampleStream(`run-${index}`));
      await appendOne(streams, sampleAppend("run-0"));
      let added = 0;
      const listed = await readAll(async (page) => {
        const read = await streams.list({}, page);
        await streams.open(sampleStream(`late-${added++}`));
        return read;
      }, 2);
      expect(listed.map(({ id }) => id)).toEqual(["run-5", "run-4", "run-3", "run-2", "run-1", "run-0"]);
    });
  });
}
