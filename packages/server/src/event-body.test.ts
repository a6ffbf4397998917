import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { type EventSource, eventBody } from "./event-body.js";
import { settle } from "./testing/open-table.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (piece: Uint8Array | undefined) => new TextDecoder().decode(piece);

/** A source whose pieces come when the test says so. */
function handFed() {
  const waiting: ((piece: Uint8Array | undefined) => void)[] = [];
  const fed = { asked: 0, closed: 0 };
  let fail: (error: unknown) => void = () => {};
  const source: EventSource = {
    next() {
      fed.asked += 1;
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        fail = reject;
      });
    },
    close() {
      fed.closed += 1;
    },
  };
  return {
    ...{ source, fed },
    give: (text: string | undefined) => waiting.shift()?.(text === undefined ? undefined : bytes(text)),
    fail: (error: unknown) => fail(error),
  };
}

function setUp() {
  const clock = manualClock();
  const { source, ...hand } = handFed();
  const body = eventBody(source, { clock, heartbeatMs: 15_000, longestMs: 50_000 });
  return { ...hand, clock, reader: body.getReader() };
}

describe("a body of events", () => {
  it("asks for nothing before its reader wants something, and then for one piece at a time", async () => {
    const { fed, reader, give } = setUp();
    await settle();
    expect(fed.asked).toBe(0);
    const first = reader.read();
    await settle();
    give("a");
    expect(textOf((await first).value)).toBe("a");
    await settle();
    expect(fed.asked).toBe(1);
  });

  it("sends a heartbeat each time that nothing came for so long, and then what came", async () => {
    const { fed, clock, reader, give } = setUp();
    for (let beat = 0; beat < 3; beat += 1) {
      const read = reader.read();
      await settle();
      clock.advance(15_000);
      expect(textOf((await read).value)).toBe(":\n\n");
    }
    const read = reader.read();
    await settle();
    give("a");
    expect(textOf((await read).value)).toBe("a");
    expect(fed.asked).toBe(1);
  });

  it("cuts a reader that takes nothing for a heartbeat, and lets go of everything", async () => {
    const { fed, clock, reader, give } = setUp();
    const read = reader.read();
    await settle();
    give("a");
    await read;
    clock.advance(14_999);
    expect(fed.closed).toBe(0);
    clock.advance(1);
    expect(fed.closed).toBe(1);
    await expect(reader.read()).rejects.toThrow("too long");
    expect(clock.pendingTimers).toBe(0);
  });

  it("cuts a reader that never begins", () => {
    const { fed, clock } = setUp();
    clock.advance(15_000);
    expect(fed.closed).toBe(1);
  });

  it("lets go when its reader leaves, also while it waits", async () => {
    const { fed, clock, reader } = setUp();
    const read = reader.read();
    await settle();
    await reader.cancel();
    expect((await read).done).toBe(true);
    expect([fed.closed, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("ends with its source", async () => {
    const { fed, clock, reader, give } = setUp();
    const read = reader.read();
    await settle();
    give(undefined);
    expect((await read).done).toBe(true);
    expect([fed.closed, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("ends after its time, so that its reader connects again", async () => {
    const { fed, clock, reader } = setUp();
    for (let beat = 0; beat < 4; beat += 1) {
      const read = reader.read();
      await settle();
      clock.advance(15_000);
      expect((await read).done).toBe(false);
    }
    expect((await reader.read()).done).toBe(true);
    expect([fed.closed, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("breaks when its source fails, so that the reader connects again", async () => {
    const { fed, clock, reader, fail } = setUp();
    const read = reader.read();
    await settle();
    fail(new Error("away"));
    await expect(read).rejects.toThrow("away");
    expect([fed.closed, clock.pendingTimers]).toEqual([1, 0]);
  });
});
