import { manualClock } from "@salesagent/conformance";
import type { ModelTimeouts } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { CallDeadlines, resolveTimeouts, timedOutError } from "./call-deadlines.js";

function watched(given: ModelTimeouts) {
  const clock = manualClock();
  const late: string[] = [];
  const deadlines = new CallDeadlines(clock, resolveTimeouts(given), (phase, limitMs) => {
    late.push(`${phase} ${limitMs}`);
  });
  return { clock, late, deadlines };
}

describe("resolveTimeouts", () => {
  it("fills every gap", () => {
    expect(resolveTimeouts()).toEqual({
      headersMs: 60_000,
      firstTokenMs: 120_000,
      stallMs: 30_000,
      totalMs: Number.POSITIVE_INFINITY,
    });
    expect(resolveTimeouts({ stallMs: 5 }).stallMs).toBe(5);
  });

  it.each([0, -1, Number.NaN])("refuses %d and names the limit", (value) => {
    expect(() => resolveTimeouts({ firstTokenMs: value })).toThrow(/timeouts\.firstTokenMs/);
    expect(() => resolveTimeouts({ firstTokenMs: value })).toThrow(RangeError);
  });
});

describe("CallDeadlines", () => {
  it("rings when the headers do not come", () => {
    const { clock, late } = watched({ headersMs: 100 });
    clock.advance(99);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(["headers 100"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rings when the first token does not come, counted from the call", () => {
    const { clock, late, deadlines } = watched({ headersMs: 100, firstTokenMs: 300 });
    clock.advance(90);
    deadlines.headersCame();
    clock.advance(209);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(["first-token 300"]);
  });

  it("rings for the first token before the headers where that limit is the shorter", () => {
    const { clock, late } = watched({ headersMs: 500, firstTokenMs: 300 });
    clock.advance(300);
    expect(late).toEqual(["first-token 300"]);
  });

  it("does not take bytes for a first token", () => {
    const { clock, late, deadlines } = watched({ firstTokenMs: 300, stallMs: 50 });
    deadlines.headersCame();
    for (let passed = 0; passed < 300; passed += 20) {
      deadlines.alive();
      clock.advance(20);
    }
    expect(late).toEqual(["first-token 300"]);
  });

  it("rings after silence once the answer has begun, and every sign of life puts it off", () => {
    const { clock, late, deadlines } = watched({ stallMs: 50, firstTokenMs: 100 });
    deadlines.headersCame();
    deadlines.firstTokenCame();
    for (let token = 0; token < 20; token++) {
      clock.advance(49);
      deadlines.alive();
    }
    clock.advance(49);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(["stall 50"]);
  });

  it("rings when the whole call takes too long, however lively it is", () => {
    const { clock, late, deadlines } = watched({ totalMs: 200, stallMs: 50 });
    deadlines.headersCame();
    deadlines.firstTokenCame();
    for (let passed = 0; passed < 200; passed += 20) {
      deadlines.alive();
      clock.advance(20);
    }
    expect(late).toEqual(["total 200"]);
  });

  it("lets a reader take its time, in the answer", () => {
    const { clock, late, deadlines } = watched({ stallMs: 50 });
    deadlines.headersCame();
    deadlines.firstTokenCame();
    deadlines.readEnds();
    clock.advance(10_000);
    expect(late).toEqual([]);
    deadlines.readBegins();
    clock.advance(49);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(["stall 50"]);
  });

  it("lets a reader take its time before the first token, and rings as soon as it waits again", () => {
    const { clock, late, deadlines } = watched({ firstTokenMs: 100 });
    deadlines.headersCame();
    deadlines.readEnds();
    clock.advance(10_000);
    expect(late).toEqual([]);
    deadlines.readBegins();
    clock.advance(0);
    expect(late).toEqual(["first-token 100"]);
  });

  it("holds a slow reader to the limit of the whole call", () => {
    const { clock, late, deadlines } = watched({ totalMs: 200, firstTokenMs: 100 });
    deadlines.headersCame();
    deadlines.readEnds();
    clock.advance(200);
    expect(late).toEqual(["total 200"]);
  });

  it("holds one timer at a time, and none for a token", () => {
    const { clock, deadlines } = watched({});
    deadlines.headersCame();
    deadlines.firstTokenCame();
    expect(clock.pendingTimers).toBe(1);
    deadlines.readEnds();
    deadlines.readBegins();
    deadlines.alive();
    expect(clock.pendingTimers).toBe(1);
  });

  it("sets no timer after it was stopped, whatever still comes", () => {
    const { clock, late, deadlines } = watched({});
    deadlines.stop();
    deadlines.headersCame();
    deadlines.firstTokenCame();
    deadlines.readBegins();
    expect(clock.pendingTimers).toBe(0);
    clock.advance(10_000_000);
    expect(late).toEqual([]);
  });

  it("sets no timer where no limit is", () => {
    const off = Number.POSITIVE_INFINITY;
    const { clock, deadlines } = watched({ headersMs: off, firstTokenMs: off, stallMs: off });
    deadlines.headersCame();
    deadlines.firstTokenCame();
    expect(clock.pendingTimers).toBe(0);
  });

  it("tells how long the call takes", () => {
    const { clock, deadlines } = watched({});
    clock.advance(1_234);
    expect(deadlines.elapsedMs).toBe(1_234);
  });
});

describe("timedOutError", () => {
  it.each([
    ["headers", "timeouts.headersMs"],
    ["first-token", "timeouts.firstTokenMs"],
    ["stall", "timeouts.stallMs"],
    ["total", "timeouts.totalMs"],
  ] as const)("names the limit to raise for %s", (phase, option) => {
    const error = timedOutError({ provider: "acme", modelId: "one", requestId: "r" }, phase, 5_000);
    expect(error.message).toContain(`\`${option}\``);
    expect(error.message).toContain("acme/one");
    expect(error.facts).toEqual({
      provider: "acme",
      modelId: "one",
      requestId: "r",
      phase,
      limitMs: 5_000,
    });
  });
});
