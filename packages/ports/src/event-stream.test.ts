import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { type EventSource, EventStream, type StreamControl } from "./event-stream.js";

/** Numbers; the result is the first one that is negative, and 13 can't be taken. */
const fold = {
  push(event: number) {
    if (event === 13) throw new Error("unlucky");
    return event < 0 ? { result: event } : undefined;
  },
  cut: () => new Error("cut"),
};

function source(batches: readonly (readonly number[])[], onReturn = () => {}): EventSource<number> {
  const left = [...batches];
  return {
    async next() {
      const value = left.shift();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    async return() {
      onReturn();
      return { done: true, value: undefined };
    },
  };
}

const hung: EventSource<number> = { next: () => new Promise(() => {}) };

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

async function collect(stream: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

/** Fails when a promise that nobody awaits rejects. */
async function withoutUnhandled(work: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    await work();
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", note);
  }
  expect(unhandled).toEqual([]);
}

describe("EventStream", () => {
  it("fails as a whole when an event in the middle of a batch can't be taken", async () => {
    const caller = new AbortController();
    let closed = 0;
    const stream = new EventStream(() => source([[1, 13, -1]], () => void closed++), fold, caller.signal);

    await expect(collect(stream)).rejects.toThrow("unlucky");

    await expect(stream.result()).rejects.toThrow("unlucky");
    expect(closed).toBe(1);
    expect(listeners(caller.signal)).toBe(0);
  });

  it("settles the result when an event can't be taken while only the result is read", async () => {
    const stream = new EventStream(() => source([[1, 13, -1]]), fold);

    await expect(stream.result()).rejects.toThrow("unlucky");
  });

  it("fails when its source throws instead of rejecting", async () => {
    const broken: EventSource<number> = {
      next() {
        throw new Error("no source");
      },
      return() {
        throw new Error("no end");
      },
    };
    await expect(new EventStream(() => broken, fold).result()).rejects.toThrow("no source");
    await expect(collect(new EventStream(() => broken, fold))).rejects.toThrow("no source");
  });

  it("leaves no unhandled rejection when the result is asked for beside a reader that is told", async () => {
    await withoutUnhandled(async () => {
      const before = new EventStream(() => source([[1]]), fold);
      void before.result();
      await expect(collect(before)).rejects.toThrow("cut");

      const after = new EventStream(() => source([[1], [2]]), fold);
      const reader = after[Symbol.asyncIterator]();
      await reader.next();
      void after.result();
      await reader.return?.();
    });
  });

  it("has one listener on a signal that many streams share, and none when they have ended", async () => {
    const caller = new AbortController();
    const reason = new Error("enough");
    const streams = Array.from({ length: 200 }, () => new EventStream(() => hung, fold, caller.signal));
    const ends = streams.map((stream) => stream.next().catch((error: unknown) => error));
    expect(listeners(caller.signal)).toBe(1);

    caller.abort(reason);

    expect(new Set(await Promise.all(ends))).toEqual(new Set([reason]));
    expect(listeners(caller.signal)).toBe(0);
  });

  it("starts nothing and holds nothing when it is never read", () => {
    const caller = new AbortController();
    let opened = 0;
    const stream = new EventStream(
      () => {
        opened++;
        return hung;
      },
      fold,
      caller.signal,
    );
    stream.abort(new Error("never mind"));

    expect(opened).toBe(0);
    expect(listeners(caller.signal)).toBe(0);
  });

  it("gives concurrent reads their events in order, then the failure once, then the end", async () => {
    const stream = new EventStream(() => source([[1, 2], [3]]), fold);

    const steps = await Promise.allSettled(Array.from({ length: 6 }, () => stream.next()));

    const told = steps.map((step) => (step.status === "rejected" ? "failed" : (step.value.value ?? "end")));
    expect(told).toEqual([1, 2, 3, "failed", "end", "end"]);
  });

  it("ends with the owner's reason wherever it is aborted", async () => {
    for (let index = 0; index <= 3; index++) {
      const reason = new Error(`after ${index}`);
      let control: StreamControl | undefined;
      const stream = new EventStream((given) => {
        control = given;
        return source([[1], [2, 3], [-1]]);
      }, fold);
      const reader = stream[Symbol.asyncIterator]();
      for (let read = 0; read < index; read++) await reader.next();
      stream.abort(reason);

      await expect(reader.next()).rejects.toBe(reason);
      await expect(stream.result()).rejects.toBe(reason);
      if (control) expect(control.signal.reason).toBe(reason);
    }
  });

  it("keeps its result when it is aborted after the end", async () => {
    const stream = new EventStream(() => source([[1, -1]]), fold);
    expect(await collect(stream)).toEqual([1, -1]);

    stream.abort(new Error("late"));

    expect(await stream.result()).toBe(-1);
    expect(stream.result()).toBe(stream.result());
    expect(() => stream[Symbol.asyncIterator]()).toThrow("A stream is read once");
  });
});
