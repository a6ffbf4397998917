import type { StreamWrite } from "@salesagent/ports";
import {
  appendOne,
  fillStream,
  numbered,
  readEvents,
  sampleAppend,
  sampleEvents,
  sampleStream,
} from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

/** Streams that are opened, appended to and ended. */
export function streamAppendConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("stream-store/1, appends", () => {
    it("opens a stream once, empty and open, as it was told", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const draft = sampleStream("run-1", { threadId: "mail", leadId: "lead-1", startedBy: "user:42" });
      expect(await streams.open(draft)).toBe(true);
      expect(await streams.open(sampleStream("run-1", { source: "sync:close" }))).toBe(false);
      const record = await streams.get("run-1");
      const times = { createdAt: record?.createdAt, updatedAt: record?.createdAt };
      expect(record).toEqual({ ...draft, status: "open", last: 0, fence: 0, ...times });
      expect(Object.keys((await streams.get("run-1")) ?? {}).includes("stop")).toBe(false);
      expect(await streams.get("nobody")).toBe(undefined);
    });

    it("numbers events from 1 on, in the order of their appends", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await streams.open(sampleStream("1"));
      expect(await appendOne(streams, sampleAppend("1", { events: sampleEvents(1, 3) }))).toEqual({
        ...{ status: "written", last: 3 },
      });
      expect(await appendOne(streams, sampleAppend("1", { after: 3 }))).toEqual({
        ...{ status: "written", last: 4 },
      });
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 4));
      expect(await streams.get("1")).toMatchObject({ status: "open", last: 4, fence: 1 });
    });

    it("appends nothing again that it appended already, and tells that it stands", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [2]);
      const write = sampleAppend("1", { after: 2, events: sampleEvents(3, 2) });
      await appendOne(streams, write);
      expect(await appendOne(streams, write)).toEqual({ status: "moved", last: 4 });
      const ending: StreamWrite = { ...sampleAppend("1", { after: 4 }), end: { status: "completed" } };
      await appendOne(streams, ending);
      expect(await appendOne(streams, ending)).toEqual({ status: "ended", last: 5 });
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 5));
    });

    it("appends nothing after another event than the last", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [3]);
      for (const after of [0, 2, 4]) {
        expect(await appendOne(streams, sampleAppend("1", { after }))).toEqual({ status: "moved", last: 3 });
      }
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 3));
    });

    it("shuts out whoever wrote before, once somebody comes with a newer fence", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [2]);
      expect(await appendOne(streams, sampleAppend("1", { fence: 3, after: 2 }))).toEqual({
        ...{ status: "written", last: 3 },
      });
      for (const fence of [1, 2]) {
        expect(await appendOne(streams, sampleAppend("1", { fence, after: 3 }))).toEqual({
          status: "fenced",
        });
      }
      expect((await appendOne(streams, sampleAppend("1", { fence: 3, after: 3 }))).status).toBe("written");
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 4));
      expect((await streams.get("1"))?.fence).toBe(3);
    });

    it("shuts out whoever wrote before by a write that moved, or brings nothing", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), [2]);
      const before = await streams.get("1");
      expect(await appendOne(streams, sampleAppend("1", { fence: 2, after: 1 }))).toEqual({
        ...{ status: "moved", last: 2 },
      });
      expect(await appendOne(streams, sampleAppend("1", { after: 2 }))).toEqual({ status: "fenced" });
      expect(await appendOne(streams, sampleAppend("1", { fence: 5, after: 2, events: [] }))).toEqual({
        ...{ status: "written", last: 2 },
      });
      expect(await appendOne(streams, sampleAppend("1", { fence: 4, after: 2 }))).toEqual({
        ...{ status: "fenced" },
      });
      expect(await streams.get("1")).toEqual({ ...before, fence: 5 });
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 2));
    });

    it("ends a stream, with last events or none, and takes nothing in after that, whatever its fence", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const error = { code: "model.unavailable", message: "It does not answer." };
      const ends: readonly (readonly [string, NonNullable<StreamWrite["end"]>])[] = [
        ["1", { status: "completed" }],
        ["2", { status: "failed", error }],
        ["3", { status: "cancelled" }],
      ];
      for (const [id, end] of ends) {
        await streams.open(sampleStream(id));
        const events = id === "3" ? [] : sampleEvents(1, 2);
        expect((await appendOne(streams, sampleAppend(id, { events, end }))).status).toBe("written");
        const record = await streams.get(id);
        expect(record).toMatchObject({ ...end, last: events.length });
        for (const fence of [0, 1, 9]) {
          expect(await appendOne(streams, sampleAppend(id, { fence, after: events.length }))).toEqual({
            ...{ status: "ended", last: events.length },
          });
        }
        expect(await streams.get(id)).toEqual(record);
        expect("error" in (record ?? {})).toBe(id === "2");
      }
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 2));
    });

    it("answers each of many writes by itself, in their order", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      for (const id of ["e", "d", "c", "b"]) await streams.open(sampleStream(id));
      await appendOne(streams, sampleAppend("d", { fence: 2 }));
      await appendOne(streams, sampleAppend("c", { events: [], end: { status: "completed" } }));
      await streams.requestStop("e", { by: "ada", reason: "enough" });
      const writes = ["e", "d", "c", "nobody", "b"].map((id) => sampleAppend(id));
      const [e, d, c, nobody, b] = await streams.append([...writes, sampleAppend("a")]);
      expect(e).toMatchObject({ status: "written", last: 1, stop: { by: "ada", reason: "enough" } });
      expect([d, c, nobody, b]).toEqual([
        { status: "fenced" },
        { status: "ended", last: 0 },
        { status: "unknown" },
        { status: "written", last: 1 },
      ]);
      expect(await readEvents(streams, "b")).toEqual(numbered(1, 1));
      expect(await readEvents(streams, "nobody")).toBe(undefined);
      expect(await streams.append([])).toEqual([]);
    });

    it("keeps what a transaction appended, or nothing of it", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillStream(acme.streams, sampleStream("1"), [1]);
      const given = new Error("given up");
      const append = (after: number, fails: boolean) =>
        acme.transaction(async ({ streams }) => {
          await streams.open(sampleStream(`of ${after}`));
          await appendOne(streams, sampleAppend("1", { after }));
          await appendOne(streams, sampleAppend("1", { after: after + 1 }));
          expect(await readEvents(streams, "1")).toEqual(numbered(1, after + 2));
          if (fails) throw given;
        });
      await expect(append(1, true)).rejects.toBe(given);
      expect(await readEvents(acme.streams, "1")).toEqual(numbered(1, 1));
      await append(1, false);
      await appendOne(acme.streams, sampleAppend("1", { after: 3 }));
      expect(await readEvents(acme.streams, "1")).toEqual(numbered(1, 4));
      expect((await acme.streams.list()).items.map(({ id }) => id)).toEqual(["of 1", "1"]);
    });

    it("takes in 1,000 events at once, and refuses writes that break the rules, with nothing appended", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      for (const id of ["1", "2"]) await streams.open(sampleStream(id));
      const event = { type: "text", data: 1 };
      const good = sampleAppend("1");
      const broken: readonly (readonly [string, readonly unknown[]])[] = [
        ["writes[1].id", [good, { ...good }]],
        ["writes[1].id", [good, { ...sampleAppend("") }]],
        ["writes[1].fence", [good, sampleAppend("2", { fence: -1 })]],
        ["writes[1].after", [good, sampleAppend("2", { after: 0.5 })]],
        ["writes[1].events", [good, sampleAppend("2", { events: new Array(1001).fill(event) })]],
        ["writes[1].events[0].type", [good, sampleAppend("2", { events: [{ ...event, type: "" }] })]],
        [
          "writes[1].events[1].type",
          [good, sampleAppend("2", { events: [event, { ...event, type: "x".repeat(101) }] })],
        ],
        ["writes[1].events[0].data", [good, sampleAppend("2", { events: [{ ...event, data: Number.NaN }] })]],
        ["writes[1].events[0].data", [good, { ...sampleAppend("2"), events: [{ type: "x" }] }]],
        ["writes[1].end.status", [good, { ...sampleAppend("2"), end: { status: "open" } }]],
        ["writes[1].end.error.code", [good, { ...sampleAppend("2"), end: { status: "failed" } }]],
      ];
      for (const [field, writes] of broken) {
        await expect(streams.append(writes as readonly StreamWrite[])).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "streams", field } },
        });
      }
      expect(await readEvents(streams, "1")).toEqual([]);
      const most = { ...sampleAppend("1", { events: sampleEvents(1, 1000) }) };
      expect(await appendOne(streams, most)).toEqual({ status: "written", last: 1000 });
      expect(await readEvents(streams, "1", { limit: 1000 })).toEqual(numbered(1, 1000));
    });
  });
}
