import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { RatePacer, type RatePacerOptions } from "./rate-pacer.js";

function setUp(options: Partial<RatePacerOptions> = {}) {
  const clock = manualClock();
  return { clock, pacer: new RatePacer({ name: "acme/one", clock, ...options }) };
}

describe("RatePacer", () => {
  it("holds nothing back while it knows no limit", () => {
    const { clock, pacer } = setUp();
    for (let call = 0; call < 1_000; call += 1) expect(pacer.tryTake({ tokens: 1e6 })).toBe(true);

    expect([pacer.headroom, pacer.readyAt(), pacer.reserve()]).toEqual([
      undefined,
      clock.now(),
      { waitMs: 0 },
    ]);
  });

  it("keeps to the tighter of its rates", () => {
    const { clock, pacer } = setUp({ requestsPerMinute: 60, tokensPerMinute: 1_000 });
    expect(pacer.tryTake({ tokens: 900 })).toBe(true);
    expect(pacer.headroom).toBeCloseTo(0.1);
    expect(pacer.tryTake({ tokens: 200 })).toBe(false);

    expect(pacer.readyAt({ tokens: 200 })).toBe(clock.now() + 6_000);
    expect(pacer.tryTake({ tokens: 100 })).toBe(true);
  });

  it("takes nothing of any limit when one does not have it", () => {
    const { pacer } = setUp({ requestsPerMinute: 2, tokensPerMinute: 100 });
    pacer.tryTake({ tokens: 100 });
    for (let call = 0; call < 10; call += 1) pacer.tryTake({ tokens: 50 });

    expect(pacer.tryTake({ tokens: 0 })).toBe(true);
  });

  it("fills a told limit evenly until its reset, where no window is named", () => {
    const { clock, pacer } = setUp();
    pacer.learn([{ kind: "requests", limit: 60, remaining: 0, resetMs: 60_000 }]);
    expect([pacer.headroom, pacer.tryTake()]).toEqual([0, false]);
    expect(pacer.readyAt()).toBe(clock.now() + 1_000);

    clock.advance(1_000);
    expect([pacer.tryTake(), pacer.tryTake()]).toEqual([true, false]);
  });

  it("waits for the reset of a named window, and then has all of it", () => {
    const { clock, pacer } = setUp();
    pacer.learn([{ kind: "tokens", window: "day", limit: 1_000, remaining: 10, resetMs: 3_600_000 }]);
    expect(pacer.tryTake({ tokens: 11 })).toBe(false);
    expect(pacer.tryTake({ tokens: 10 })).toBe(true);
    expect(pacer.readyAt({ tokens: 1 })).toBe(clock.now() + 3_600_000);

    clock.advance(3_600_000);
    expect([pacer.headroom, pacer.tryTake({ tokens: 1_000 }), pacer.tryTake({ tokens: 1 })]).toEqual([
      1,
      true,
      false,
    ]);
  });

  it("counts output tokens apart from input tokens", () => {
    const { pacer } = setUp();
    pacer.learn([
      { kind: "input-tokens", limit: 100, remaining: 50, resetMs: 60_000 },
      { kind: "output-tokens", limit: 100, remaining: 5, resetMs: 60_000 },
    ]);

    expect(pacer.tryTake({ tokens: 51 })).toBe(false);
    expect(pacer.tryTake({ tokens: 50, outputTokens: 6 })).toBe(false);
    expect(pacer.tryTake({ tokens: 50, outputTokens: 5 })).toBe(true);
  });

  it.each([
    ["no remaining", { kind: "requests", limit: 10, resetMs: 1_000 }],
    ["a limit of 0", { kind: "requests", limit: 0, remaining: 0, resetMs: 1_000 }],
    ["a remaining of -1", { kind: "requests", limit: 10, remaining: -1, resetMs: 1_000 }],
    ["no number", { kind: "requests", limit: 10, remaining: Number.NaN }],
  ] as const)("is not misled by a limit with %s", (_, fact) => {
    const { pacer } = setUp();
    pacer.learn([fact]);

    expect([pacer.headroom, pacer.tryTake()]).toEqual([undefined, true]);
  });

  it("waits a minute where neither a reset nor a limit was told, and knows nothing after that", () => {
    const { clock, pacer } = setUp();
    pacer.learn([{ kind: "requests", remaining: 0 }]);
    expect(pacer.readyAt()).toBe(clock.now() + 60_000);

    clock.advance(60_000);
    expect([pacer.tryTake(), pacer.tryTake(), pacer.headroom]).toEqual([true, true, 1]);
  });

  it("keeps the later news, when an older response's end comes after it", () => {
    const { clock, pacer } = setUp();
    clock.advance(10_000);
    pacer.learn([{ kind: "requests", limit: 10, remaining: 0, resetMs: 10_000 }]);
    pacer.learn([{ kind: "requests", limit: 10, remaining: 9, resetMs: 1_000 }], 5_000);

    expect(pacer.tryTake()).toBe(false);
  });

  it("counts an old response's time", () => {
    const { clock, pacer } = setUp();
    clock.advance(10_000);
    pacer.learn([{ kind: "requests", window: "minute", limit: 10, remaining: 0, resetMs: 8_000 }], 5_000);

    expect(pacer.readyAt()).toBe(clock.now() + 3_000);
  });

  it("reserves one after the other", () => {
    const { pacer } = setUp({ requestsPerMinute: 1 });
    expect([pacer.reserve(), pacer.reserve(), pacer.reserve()]).toEqual([
      { waitMs: 0 },
      { waitMs: 60_000 },
      { waitMs: 120_000 },
    ]);
  });

  it("lines up what is beyond a named window for the windows after it", () => {
    const { pacer } = setUp();
    pacer.learn([{ kind: "requests", window: "minute", limit: 2, remaining: 1, resetMs: 10_000 }]);
    const waits = [1, 2, 3, 4, 5, 6].map(() => pacer.reserve().waitMs);

    expect(waits).toEqual([0, 10_000, 10_000, 70_000, 70_000, 130_000]);
  });

  it("makes calls wait in their order", async () => {
    const { clock, pacer } = setUp({ requestsPerMinute: 60 });
    pacer.reserve({ requests: 60 });
    const order: number[] = [];
    const calls = [1, 2, 3].map((number) => pacer.take().then(() => order.push(number)));
    clock.advance(1_000);
    await turn();
    expect(order).toEqual([1]);

    clock.advance(2_000);
    await Promise.all(calls);
    expect(order).toEqual([1, 2, 3]);
  });

  it("refuses a wait beyond its cap and takes nothing", async () => {
    const { pacer } = setUp({ requestsPerMinute: 1, maxWaitMs: 59_999 });
    await pacer.take();

    await expect(pacer.take()).rejects.toMatchObject({
      code: "call.wait_too_long",
      facts: { name: "acme/one", waitMs: 60_000, capMs: 59_999 },
    });
    expect(pacer.reserve()).toEqual({ waitMs: 60_000 });
  });

  it("gives the cost back to the others when the caller leaves", async () => {
    const { clock, pacer } = setUp({ requestsPerMinute: 1 });
    await pacer.take();
    const caller = new AbortController();
    const leaving = pacer.take({}, caller.signal);
    caller.abort("enough");

    await expect(leaving).rejects.toBe("enough");
    expect([pacer.reserve(), clock.pendingTimers]).toEqual([{ waitMs: 60_000 }, 0]);
  });

  it("counts who waits against what is told meanwhile", async () => {
    const { clock, pacer } = setUp();
    pacer.learn([{ kind: "requests", window: "minute", limit: 60, remaining: 0, resetMs: 1_000 }]);
    const waiting = pacer.take();
    pacer.learn([{ kind: "requests", window: "minute", limit: 60, remaining: 1, resetMs: 60_000 }]);
    expect(pacer.tryTake()).toBe(false);

    clock.advance(1_000);
    await waiting;
  });

  it.each([
    ["ratePacer.name", { name: "" }],
    ["ratePacer.requestsPerMinute", { requestsPerMinute: 0 }],
    ["ratePacer.tokensPerMinute", { tokensPerMinute: Number.NaN }],
    ["ratePacer.maxWaitMs", { maxWaitMs: -1 }],
  ])("refuses %s = %j", (path, options) => {
    expect(() => setUp(options)).toThrow(`${path} must be`);
  });

  it("refuses what is no cost", () => {
    expect(() => setUp().pacer.tryTake({ tokens: -1 })).toThrow("ratePacer: cost.tokens must be");
  });
});
