import type { StreamStore } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const events = (count: number) => Array.from({ length: count }, () => ({ type: "text", data: "x" }));

async function endOne(streams: StreamStore, id: string, count: number): Promise<void> {
  await streams.open({ id, source: "agent:chat" });
  await streams.append([{ id, fence: 1, after: 0, events: events(count), end: { status: "completed" } }]);
}

const idsOf = async (streams: StreamStore) => (await streams.list()).items.map(({ id }) => id).reverse();

describe("room for streams that have ended", () => {
  it("is made by the stream that ended longest ago, and none that goes on", async () => {
    const { streams } = memoryStorage({ maxStreamEvents: 12 }).tenant("acme");
    await streams.open({ id: "open", source: "agent:chat" });
    await streams.append([{ id: "open", fence: 1, after: 0, events: events(50) }]);
    for (const id of ["1", "2", "3"]) await endOne(streams, id, 3);
    expect(await idsOf(streams)).toEqual(["open", "1", "2", "3"]);
    await endOne(streams, "4", 5);
    expect(await idsOf(streams)).toEqual(["open", "3", "4"]);
    expect(await streams.read("1")).toBe(undefined);
    expect((await streams.read("open"))?.events.length).toBe(50);
  });

  it("counts streams without events, and always has some for the last", async () => {
    const { streams } = memoryStorage({ maxStreamEvents: 3 }).tenant("acme");
    for (const id of ["1", "2", "3", "4"]) await endOne(streams, id, 0);
    expect(await idsOf(streams)).toEqual(["2", "3", "4"]);
    await endOne(streams, "long", 20);
    expect(await idsOf(streams)).toEqual(["long"]);
    await endOne(streams, "5", 0);
    expect(await idsOf(streams)).toEqual(["5"]);
  });

  it("is free again once streams are dropped or emptied", async () => {
    const { streams, retention, erasure } = memoryStorage({ maxStreamEvents: 8 }).tenant("acme");
    await endOne(streams, "1", 3);
    await retention.prune({ streams: "2999-01-01T00:00:00.000Z" });
    await endOne(streams, "2", 2);
    await streams.open({ id: "3", source: "agent:chat", threadId: "mail-1" });
    await streams.append([{ id: "3", fence: 1, after: 0, events: events(4), end: { status: "completed" } }]);
    expect(await idsOf(streams)).toEqual(["2", "3"]);
    await erasure.erase({ mentions: ["ada@fjord.example"], threadIds: ["mail-1"] });
    await endOne(streams, "4", 3);
    expect(await idsOf(streams)).toEqual(["2", "3", "4"]);
    await endOne(streams, "5", 0);
    expect(await idsOf(streams)).toEqual(["3", "4", "5"]);
  });

  it("is made as a transaction comes to stand", async () => {
    const { streams, transaction } = memoryStorage({ maxStreamEvents: 6 }).tenant("acme");
    await endOne(streams, "1", 3);
    await transaction((stores) => endOne(stores.streams, "2", 3));
    expect(await idsOf(streams)).toEqual(["2"]);
  });

  it("is a whole number from 1", () => {
    for (const maxStreamEvents of [0, 1.5, Number.NaN]) {
      expect(() => memoryStorage({ maxStreamEvents })).toThrow(/^maxStreamEvents must be a whole number/);
    }
  });
});
