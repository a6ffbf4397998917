import { manualClock } from "@salesagent/conformance";
import type { StoredStreamEvent } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { createLiveStreams } from "./create-live-streams.js";
import type { LiveStreamsOptions, StreamReader } from "./live-streams.js";
import { hurriedClock } from "./testing/faulty-streams.js";

const tenant = "acme";
const draft = { id: "s1", source: "agent:writer" };

async function opened(options: Partial<LiveStreamsOptions> = {}) {
  const storage = memoryStorage();
  const streams = createLiveStreams({ storage, clock: hurriedClock, ...options });
  await streams.open(tenant, draft);
  return { storage, streams };
}

async function all(reader: StreamReader): Promise<readonly StoredStreamEvent[]> {
  const events: StoredStreamEvent[] = [];
  for await (const event of reader) events.push(event);
  return events;
}

const said = (n: number) => ({ type: "said", data: { n } });
const numbers = (events: readonly StoredStreamEvent[]) => events.map(({ seq, data }) => [seq, data]);

describe("createLiveStreams", () => {
  it("gives every reader every event once, in order, until the end", async () => {
    const { streams } = await opened();
    const readers = [0, 0, 1].map((after) => all(streams.follow(tenant, "s1", { after })));
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    for (let n = 1; n <= 3; n++) writer.write(said(n));
    await writer.end({ status: "completed" });
    const whole = [1, 2, 3].map((n) => [n, { n }]);
    const got = await Promise.all(readers);
    expect(got.map(numbers)).toEqual([whole, whole, whole.slice(1)]);
  });

  it("says how the stream ended", async () => {
    const { streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    const error = { code: "model.auth", message: "The key is no good." };
    const reader = streams.follow(tenant, "s1");
    const read = all(reader);
    writer.write(said(1));
    await writer.end({ status: "failed", error });
    await read;
    expect(reader.record).toMatchObject({ status: "failed", error, last: 1 });
  });

  it("tells of a stream that is not there, to whoever follows and whoever writes", async () => {
    const { streams } = await opened();
    const unknown = { code: "stream.unknown", facts: { streamId: "other" } };
    await expect(streams.follow(tenant, "other").next()).rejects.toMatchObject(unknown);
    await expect(streams.follow("rival", "s1").next()).rejects.toMatchObject({ code: "stream.unknown" });
    await expect(streams.writer(tenant, "other", { fence: 1 })).rejects.toMatchObject(unknown);
    expect(streams.counts()).toMatchObject({ readers: 0, tails: 0, writers: 0 });
  });

  it("follows what another process writes", async () => {
    const { storage, streams } = await opened();
    const other = createLiveStreams({ storage, clock: hurriedClock });
    const read = all(streams.follow(tenant, "s1"));
    const writer = await other.writer(tenant, "s1", { fence: 1 });
    for (let n = 1; n <= 50; n++) {
      writer.write(said(n));
      await writer.flush();
    }
    await writer.end({ status: "completed" });
    expect((await read).map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it("shuts out whoever wrote before, and goes on after what stands", async () => {
    const { storage, streams } = await opened();
    const other = createLiveStreams({ storage, clock: hurriedClock });
    const stale = await streams.writer(tenant, "s1", { fence: 1 });
    stale.write(said(1));
    await stale.flush();
    const writer = await other.writer(tenant, "s1", { fence: 2 });
    expect(writer.begunAfter).toBe(1);
    stale.write(said(-1));
    await expect(stale.flush()).rejects.toMatchObject({ code: "flow.fenced" });
    expect(stale.stopped.reason).toMatchObject({ code: "flow.fenced", facts: { runId: "s1", fence: 1 } });
    expect(() => stale.write(said(-2))).toThrow("somebody else");
    writer.write(said(2));
    await writer.end({ status: "completed" });
    expect(numbers(await all(streams.follow(tenant, "s1")))).toEqual([
      [1, { n: 1 }],
      [2, { n: 2 }],
    ]);
    await expect(streams.writer(tenant, "s1", { fence: 1 })).rejects.toMatchObject({
      code: "flow.wrong_state",
    });
  });

  it("tells a writer that is silent that its end is asked for", async () => {
    const clock = manualClock();
    const { storage, streams } = await opened({ clock });
    const begun = streams.writer(tenant, "s1", { fence: 1 });
    const pass = async () => {
      clock.advance(250);
      await new Promise<void>((resolve) => setImmediate(resolve));
    };
    // Until it knows that it is told of everything, it looks for itself.
    for (let pulses = 0; pulses < 4; pulses++) await pass();
    const writer = await begun;
    const other = createLiveStreams({ storage });
    await other.stop(tenant, "s1", { by: "user:1", reason: "enough" });
    await pass();
    await pass();
    expect(writer.stopped.aborted).toBe(true);
    expect(writer.stopped.reason).toMatchObject({
      code: "graph.stopped",
      facts: { by: "user:1", reason: "enough" },
    });
    expect(writer.stopAsked).toMatchObject({ by: "user:1" });
    writer.write({ type: "run-cancelled", data: {} });
    await Promise.all([writer.end({ status: "cancelled" }), pass()]);
    expect(await streams.get(tenant, "s1")).toMatchObject({ status: "cancelled", last: 1 });
  });

  it("asks the store once for many readers, and not at all for what it wrote itself", async () => {
    const { storage, streams } = await opened();
    const read = vi.spyOn(storage.tenant(tenant).streams, "read");
    const readers = Array.from({ length: 100 }, () => all(streams.follow(tenant, "s1")));
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    for (let n = 1; n <= 20; n++) {
      writer.write(said(n));
      await writer.flush();
    }
    await writer.end({ status: "completed" });
    expect(new Set((await Promise.all(readers)).map((events) => events.length))).toEqual(new Set([20]));
    // At the beginning, and at the end for how it ended.
    expect(read.mock.calls.length).toBeLessThanOrEqual(4);
  });

  it("lets a reader that is slow read what it missed by pages, and holds nobody up", async () => {
    const { streams } = await opened({ tailEvents: 10 });
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    const slow = streams.follow(tenant, "s1");
    writer.write(said(1));
    expect(await slow.next()).toMatchObject({ value: { seq: 1 } });
    const quick = all(streams.follow(tenant, "s1"));
    for (let n = 2; n <= 500; n++) {
      writer.write(said(n));
      if (n % 50 === 0) await writer.flush();
    }
    await writer.end({ status: "completed" });
    expect(await quick).toHaveLength(500);
    expect((await all(slow)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 499 }, (_, index) => index + 2),
    );
  });

  it("gives out at once what has come already", async () => {
    const { streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    const reader = streams.follow(tenant, "s1");
    for (let n = 1; n <= 5; n++) writer.write(said(n));
    await writer.flush();
    await reader.next();
    expect(reader.buffered().map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    expect([reader.buffered(), reader.position]).toEqual([[], 5]);
    await writer.end({ status: "completed" });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("lets go of a stream when its last reader leaves, and of a reader that is aborted", async () => {
    const { streams } = await opened();
    const cut = new AbortController();
    const one = streams.follow(tenant, "s1", { signal: cut.signal });
    const other = streams.follow(tenant, "s1");
    const waiting = [one.next(), other.next()];
    expect(streams.counts()).toMatchObject({ readers: 2, tails: 1 });
    cut.abort(new Error("the connection is gone"));
    await expect(waiting[0]).rejects.toThrow("the connection is gone");
    expect(await one.next()).toEqual({ done: true, value: undefined });
    await other.return();
    expect(await waiting[1]).toEqual({ done: true, value: undefined });
    expect(streams.counts()).toMatchObject({ readers: 0, tails: 0 });
  });

  it("passes over what was erased", async () => {
    const { storage, streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    writer.write({ type: "said", data: { text: "ada@example.com" } });
    await writer.flush();
    await storage.tenant(tenant).erasure.erase({ mentions: ["ada@example.com"] });
    writer.write(said(2));
    await writer.end({ status: "completed" });
    expect(numbers(await all(streams.follow(tenant, "s1")))).toEqual([[2, { n: 2 }]]);
  });

  it("does not hold for long what may be erased", async () => {
    const clock = manualClock();
    const { storage, streams } = await opened({ clock, flushMs: 0 });
    const other = createLiveStreams({ storage });
    const writer = await other.writer(tenant, "s1", { fence: 1 });
    writer.write({ type: "said", data: { text: "ada@example.com" } });
    await writer.flush();
    const there = streams.follow(tenant, "s1");
    await there.next();
    await storage.tenant(tenant).erasure.erase({ mentions: ["ada@example.com"] });
    for (let pulses = 0; pulses < 2; pulses++) clock.advance(31_000);
    writer.write(said(2));
    await writer.end({ status: "completed" });
    expect(numbers(await all(streams.follow(tenant, "s1")))).toEqual([[2, { n: 2 }]]);
    await there.return();
  });

  it("waits at the end of a stream of which all was erased", async () => {
    const { storage, streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    for (let n = 1; n <= 3; n++) writer.write({ type: "said", data: { text: "ada@example.com" } });
    await writer.flush();
    const there = streams.follow(tenant, "s1", { after: 3 });
    const next = there.next();
    await vi.waitFor(() => expect(there.record).toMatchObject({ last: 3 }));
    await storage.tenant(tenant).erasure.erase({ mentions: ["ada@example.com"] });
    const late = all(createLiveStreams({ storage, clock: hurriedClock }).follow(tenant, "s1"));
    const behind = streams.follow(tenant, "s1");
    const beside = all(behind);
    await vi.waitFor(() => expect(behind.position).toBe(3));
    writer.write(said(4));
    await writer.end({ status: "completed" });
    expect(await next).toMatchObject({ value: { seq: 4 } });
    expect([await late, await beside]).toMatchObject([[{ seq: 4 }], [{ seq: 4 }]]);
    await there.return();
  });

  it("reads on where more stands than is read at once", async () => {
    const { storage, streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    for (let n = 1; n <= 1_200; n++) writer.write(said(n));
    await writer.end({ status: "completed" });
    const other = createLiveStreams({ storage });
    expect(await all(other.follow(tenant, "s1"))).toHaveLength(1_200);
    expect(await all(other.follow(tenant, "s1", { after: 700 }))).toHaveLength(500);
  });

  it("waits for events beyond the last one that a reader says to know", async () => {
    const { streams } = await opened();
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    const far = all(streams.follow(tenant, "s1", { after: 2 }));
    const near = all(streams.follow(tenant, "s1"));
    for (let n = 1; n <= 3; n++) {
      writer.write(said(n));
      await writer.flush();
    }
    await writer.end({ status: "completed" });
    expect([(await far).map(({ seq }) => seq), await near]).toMatchObject([[3], { length: 3 }]);
  });

  it("ends every reader and writer when it is closed, and keeps what was told", async () => {
    const { storage, streams } = await opened({ flushMs: 100_000 });
    const writer = await streams.writer(tenant, "s1", { fence: 1 });
    const reader = streams.follow(tenant, "s1", { after: 1 }).next();
    writer.write(said(1));
    await Promise.all([streams[Symbol.asyncDispose](), expect(reader).rejects.toThrow("were closed")]);
    expect(await storage.tenant(tenant).streams.get("s1")).toMatchObject({ last: 1, status: "open" });
    expect(() => writer.write(said(2))).toThrow("were closed");
    await expect(streams.writer(tenant, "s1", { fence: 2 })).rejects.toThrow("were closed");
    await expect(streams.follow(tenant, "s1").next()).rejects.toThrow("were closed");
    const late = createLiveStreams({ storage });
    await storage[Symbol.asyncDispose]();
    await expect(late.follow(tenant, "s1").next()).rejects.toMatchObject({ code: "store.closed" });
    expect(late.counts()).toMatchObject({ readers: 0, tails: 0 });
  });

  it("names the option that makes no sense", () => {
    const storage = memoryStorage();
    expect(() => createLiveStreams({ storage, pollMs: 1 })).toThrow("liveStreams.pollMs");
    expect(() => createLiveStreams({ storage, flushMs: -1 })).toThrow("liveStreams.flushMs");
    expect(() => createLiveStreams({ storage, tailEvents: 0 })).toThrow("liveStreams.tailEvents");
    expect(() => createLiveStreams({ storage }).follow(tenant, "s1", { after: -1 })).toThrow("follow.after");
  });
});
