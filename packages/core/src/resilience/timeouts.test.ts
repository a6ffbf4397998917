import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it, vi } from "vitest";
import { createDeadline } from "./deadline.js";
import { type StreamTimeouts, withTimeout, withTimeouts } from "./timeouts.js";

const never = () => new Promise<never>(() => {});

describe("withTimeout", () => {
  it("passes the task's answer and error on, and leaves no timer", async () => {
    const clock = manualClock();
    expect(await withTimeout(async () => 7, { name: "crm", limitMs: 100, clock })).toBe(7);
    const failing = withTimeout(() => Promise.reject(new Error("no")), { name: "crm", limitMs: 100, clock });
    await expect(failing).rejects.toThrow("no");

    expect(clock.pendingTimers).toBe(0);
  });

  it("ends at its limit, tells the task, and does not say that it is safe to run again", async () => {
    const clock = manualClock();
    let seen: AbortSignal | undefined;
    const task = (signal: AbortSignal) => {
      seen = signal;
      return never();
    };
    const pending = withTimeout(task, { name: "crm", limitMs: 100, clock });
    clock.advance(100);

    await expect(pending).rejects.toMatchObject({
      code: "call.timed_out",
      facts: { name: "crm", limitMs: 100 },
      replay: "unsafe",
    });
    expect(seen?.aborted).toBe(true);
  });

  it("ends with the caller's own reason", async () => {
    const clock = manualClock();
    const caller = new AbortController();
    const pending = withTimeout(never, { name: "crm", limitMs: 100, clock, signal: caller.signal });
    caller.abort("enough");

    await expect(pending).rejects.toBe("enough");
    expect(clock.pendingTimers).toBe(0);
  });

  it("refuses a limit that is none", async () => {
    await expect(withTimeout(never, { name: "crm", limitMs: 0 })).rejects.toThrow("deadline.limitMs must be");
  });
});

describe("createDeadline", () => {
  it("tells what is left, and stops when it is disposed of", () => {
    const clock = manualClock();
    const deadline = createDeadline({ name: "crm", limitMs: 100, clock });
    clock.advance(40);
    expect(deadline.remainingMs).toBe(60);
    deadline[Symbol.dispose]();
    clock.advance(100);

    expect([deadline.signal.aborted, deadline.remainingMs]).toEqual([false, 0]);
  });
});

/** A stream that is fed by hand. */
function manualStream() {
  const asked: ((step: IteratorResult<number>) => void)[] = [];
  const left = vi.fn();
  let signal: AbortSignal | undefined;
  const open = (own: AbortSignal): AsyncIterable<number> => {
    signal = own;
    const next = () => new Promise<IteratorResult<number>>((resolve) => asked.push(resolve));
    const leave = async () => {
      left();
      return { done: true as const, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  };
  const give = (value: number) => asked.shift()?.({ done: false, value });
  const end = () => asked.shift()?.({ done: true, value: undefined });
  return { open, give, end, left, signal: () => signal };
}

function setUp(limits: Partial<StreamTimeouts>) {
  const clock = manualClock();
  const source = manualStream();
  const stream = withTimeouts(source.open, { name: "feed", clock, ...limits });
  /** Asks for an item that comes after a while. */
  const nextAfter = async (ms: number, value?: number) => {
    const step = stream.next();
    step.catch(() => {});
    await turn();
    clock.advance(ms);
    if (value === undefined) source.end();
    else source.give(value);
    return step;
  };
  return { clock, source, stream, nextAfter };
}

describe("withTimeouts", () => {
  it("passes items on, each in its time, with one timer at most", async () => {
    const { clock, source, nextAfter } = setUp({ firstItemMs: 100, stallMs: 50, totalMs: 1_000 });
    const schedule = vi.spyOn(clock, "schedule");
    expect(await nextAfter(99, 1)).toEqual({ done: false, value: 1 });
    for (let item = 2; item < 100; item += 1) {
      expect(await nextAfter(1, item)).toEqual({ done: false, value: item });
      expect(clock.pendingTimers).toBeLessThanOrEqual(1);
    }
    expect(await nextAfter(1)).toEqual({ done: true, value: undefined });

    expect(schedule.mock.calls.length).toBeLessThan(8);
    expect([clock.pendingTimers, source.left.mock.calls.length]).toEqual([0, 1]);
  });

  it.each([
    ["did not begin", { firstItemMs: 100, stallMs: 10 }, 0, 100],
    ["did not go on", { firstItemMs: 10, stallMs: 100 }, 1, 100],
    ["did not go on", { firstItemMs: 1_000, stallMs: 100 }, 1, 100],
    ["did not end", { totalMs: 100, stallMs: 1_000 }, 0, 100],
  ])("fails when the stream %s in time: %j", async (what, limits, items, limitMs) => {
    const { source, nextAfter } = setUp(limits);
    for (let item = 0; item < items; item += 1) await nextAfter(1, item);
    await expect(nextAfter(limitMs, 9)).rejects.toMatchObject({
      code: "call.timed_out",
      facts: { name: "feed", limitMs },
      message: expect.stringContaining(`feed ${what} within`),
    });

    expect(source.signal()?.aborted).toBe(true);
    expect(source.left).toHaveBeenCalledTimes(1);
  });

  it("does not count a slow reader's time as a stall, but as part of the total", async () => {
    const { clock, nextAfter } = setUp({ stallMs: 50, totalMs: 1_000 });
    await nextAfter(1, 1);
    clock.advance(900);
    await nextAfter(49, 2);
    clock.advance(60);

    await expect(nextAfter(0, 3)).rejects.toMatchObject({ facts: { limitMs: 1_000 } });
  });

  it("ends with the caller's reason while the source hangs", async () => {
    const caller = new AbortController();
    const { clock, source, stream } = setUp({ stallMs: 50, signal: caller.signal });
    const step = stream.next();
    await turn();
    caller.abort("enough");

    await expect(step).rejects.toBe("enough");
    expect([clock.pendingTimers, source.signal()?.reason]).toEqual([0, "enough"]);
  });

  it("asks the source for nothing more when the caller gave up between two items", async () => {
    const caller = new AbortController();
    const { source, stream, nextAfter } = setUp({ stallMs: 50, signal: caller.signal });
    await nextAfter(1, 1);
    caller.abort("enough");

    await expect(stream.next()).rejects.toBe("enough");
    expect(source.left).toHaveBeenCalledTimes(1);
  });

  it("lets the source go when the reader leaves", async () => {
    const { clock, source, stream, nextAfter } = setUp({ stallMs: 50 });
    await nextAfter(1, 1);
    await stream.return();

    expect([source.left.mock.calls.length, source.signal()?.aborted, clock.pendingTimers]).toEqual([
      1,
      true,
      0,
    ]);
  });

  it("opens nothing before the first item is asked for", () => {
    const { source } = setUp({ totalMs: 10 });
    expect(source.signal()).toBeUndefined();
  });

  it.each([
    ["timeouts.name", { name: "" }],
    ["timeouts.firstItemMs", { firstItemMs: 0 }],
    ["timeouts.stallMs", { stallMs: Number.NaN }],
    ["timeouts.totalMs", { totalMs: -1 }],
  ])("refuses %s = %j", (path, limits) => {
    expect(() => setUp(limits)).toThrow(`${path} must be`);
  });
});
