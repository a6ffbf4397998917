import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { createLiveStreams } from "./create-live-streams.js";
import { type Fault, faultyStreams, hurriedClock } from "./testing/faulty-streams.js";

const tenant = "acme";

async function troubled() {
  const storage = memoryStorage();
  const trouble: { fault: Fault; isLive: boolean } = { fault: undefined, isLive: true };
  const onError = vi.fn();
  const streams = createLiveStreams({
    storage: faultyStreams(storage, () => trouble.fault, { isLive: () => trouble.isLive }),
    clock: hurriedClock,
    flushMs: 0,
    onError,
  });
  const store = storage.tenant(tenant).streams;
  await store.open({ id: "s1", source: "agent:writer" });
  return { storage, store, streams, trouble, onError };
}

const said = (n: number) => ({ type: "said", data: { n } });

describe("live streams while the store fails", () => {
  it("holds the writer back while the store is away, and loses nothing", async () => {
    const { streams, trouble, store, onError } = await troubled();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    trouble.fault = "refused";
    let told = 0;
    let room: Promise<void> | undefined;
    while (room === undefined && told < 100_000) room = writer.write(said(++told)) as typeof room;
    expect([told, streams.counts().waitingEvents]).toEqual([10_000, 10_000]);
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    trouble.fault = undefined;
    await room;
    await writer.end({ status: "completed" });
    expect(await store.get("s1")).toMatchObject({ status: "completed", last: told });
    expect(streams.counts().waitingEvents).toBe(0);
  });

  it("ends the stream in stream.overrun where the writer does not wait", async () => {
    const { streams, trouble, store } = await troubled();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    trouble.fault = "refused";
    for (let n = 1; n <= 20_000; n++) void writer.write(said(n));
    expect(() => writer.write(said(0))).toThrow("waited for the storage");
    expect(writer.stopped.reason).toMatchObject({ code: "stream.overrun", facts: { limitEvents: 20_000 } });
    trouble.fault = undefined;
    await vi.waitFor(async () =>
      expect(await store.get("s1")).toMatchObject({
        status: "failed",
        error: { code: "stream.overrun" },
        last: 20_000,
      }),
    );
  });

  it("appends nothing twice where answers are lost, the end neither", async () => {
    const { streams, trouble, store } = await troubled();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    trouble.fault = "lost";
    for (let n = 1; n <= 3; n++) writer.write(said(n));
    const ended = writer.end({ status: "completed" });
    await vi.waitFor(async () => expect(await store.get("s1")).toMatchObject({ status: "completed" }));
    trouble.fault = undefined;
    await ended;
    expect((await store.read("s1"))?.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("lets readers wait while the store is away, and goes on", async () => {
    const { streams, trouble, store } = await troubled();
    const reader = streams.follow(tenant, "s1");
    trouble.fault = "refused";
    const next = reader.next();
    await store.append([{ id: "s1", fence: 1, after: 0, events: [said(1)] }]);
    trouble.fault = undefined;
    expect(await next).toMatchObject({ value: { seq: 1 } });
    await reader.return();
  });

  it("looks by itself where nothing is told, and hears of a stop", async () => {
    const { streams, trouble, store } = await troubled();
    trouble.isLive = false;
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    await store.open({ id: "s2", source: "agent:writer" });
    const reader = streams.follow(tenant, "s2");
    const next = reader.next();
    await store.append([{ id: "s2", fence: 1, after: 0, events: [said(1)] }]);
    expect(await next).toMatchObject({ value: { seq: 1 } });
    await store.requestStop("s1", { by: "user:1", reason: "enough" });
    await vi.waitFor(() => expect(writer.stopAsked).toMatchObject({ by: "user:1" }));
    await reader.return();
  });

  it("does not let one stream's event that no store takes hold up the others", async () => {
    const { storage } = await troubled();
    const { streams: store } = storage.tenant(tenant);
    const streams = createLiveStreams({ storage, clock: hurriedClock });
    await store.open({ id: "s2", source: "agent:writer" });
    const bad = await streams.writer(tenant, "s1", { fence: 1 });
    const good = await streams.writer(tenant, "s2", { fence: 1 });
    bad.write({ type: "", data: null });
    good.write(said(1));
    await expect(bad.flush()).rejects.toMatchObject({ code: "store.invalid" });
    await good.flush();
    expect(await store.get("s2")).toMatchObject({ last: 1 });
    expect(() => good.write({ type: "said", data: undefined as never })).toThrow("is no JSON");
  });

  it("gives up what the store does not take when it is closed meanwhile", async () => {
    const { streams, trouble } = await troubled();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    trouble.fault = "refused";
    writer.write(said(1));
    const flushed = expect(writer.flush()).rejects.toMatchObject({ code: "store.unavailable" });
    await streams[Symbol.asyncDispose]();
    await flushed;
    expect(streams.counts()).toMatchObject({ writers: 0, waitingEvents: 0 });
  });
});
