import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelPrice } from "../model/model-profile.js";
import { fromNanoUsd } from "./nano-usd.js";
import { priceNanoUsd } from "./price.js";

const asOf = "2026-11-01";
const MONDAY_NOON = Date.UTC(2026, 10, 23, 12);
const cost = (price: ModelPrice, usage: Parameters<typeof priceNanoUsd>[1], startMs = MONDAY_NOON) =>
  priceNanoUsd(price, usage, startMs);

const PLAIN: ModelPrice = {
  input: 2,
  cachedInput: 0.2,
  cacheWrite: 2.5,
  cacheWriteLong: 4,
  output: 10,
  asOf,
};

describe("priceNanoUsd", () => {
  it.each([
    ["input and output", { inputTokens: 1_000, outputTokens: 100 }, 2_000_000 + 1_000_000],
    ["nothing", { inputTokens: 0, outputTokens: 0 }, 0],
    ["a cached part", { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 0 }, 1_200_000 + 80_000],
    ["a written part", { inputTokens: 1_000, cacheWriteTokens: 400, outputTokens: 0 }, 1_200_000 + 1_000_000],
    [
      "parts written for five minutes and for an hour",
      { inputTokens: 1_000, cacheWriteTokens: 400, cacheWriteLongTokens: 300, outputTokens: 0 },
      1_200_000 + 250_000 + 1_200_000,
    ],
    [
      "reasoning, which is output already",
      { inputTokens: 0, outputTokens: 100, reasoningTokens: 80 },
      1_000_000,
    ],
    ["more cached than read", { inputTokens: 10, cachedInputTokens: 20, outputTokens: 0 }, 4_000],
  ])("bills %s", (_, usage, nanoUsd) => {
    expect(cost(PLAIN, usage)).toBe(nanoUsd);
  });

  it("bills parts without a rate of their own as plain input", () => {
    const price: ModelPrice = { input: 2, output: 10, asOf };
    expect(cost(price, { inputTokens: 10, cachedInputTokens: 4, cacheWriteTokens: 3, outputTokens: 0 })).toBe(
      20_000,
    );
    expect(
      cost(
        { ...price, cacheWrite: 3 },
        { inputTokens: 10, cacheWriteTokens: 10, cacheWriteLongTokens: 10, outputTokens: 0 },
      ),
    ).toBe(30_000);
  });

  it("does not know the cost of an unknown usage", () => {
    expect(cost(PLAIN, {})).toBeUndefined();
    expect(cost(PLAIN, { inputTokens: 5 })).toBeUndefined();
    expect(cost(PLAIN, { outputTokens: 5 })).toBeUndefined();
  });

  it("moves the whole call to the rate of the highest threshold passed", () => {
    const price: ModelPrice = {
      input: 1,
      output: 1,
      tiers: [
        { aboveInputTokens: 1_000, input: 5, output: 5 },
        { aboveInputTokens: 100, input: 2, output: 2 },
      ],
      asOf,
    };
    expect(cost(price, { inputTokens: 100, outputTokens: 0 })).toBe(100_000);
    expect(cost(price, { inputTokens: 101, outputTokens: 1 })).toBe(204_000);
    expect(cost(price, { inputTokens: 1_001, outputTokens: 0 })).toBe(5_005_000);
  });

  it("takes the rate of the hour in which the call began, in UTC", () => {
    const price: ModelPrice = {
      input: 1,
      output: 1,
      windows: [{ days: [1, 2, 3, 4, 5], fromHour: 1, untilHour: 4, input: 2, output: 2 }],
      asOf,
    };
    const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour);
    const usage = { inputTokens: 10, outputTokens: 0 };
    expect(cost(price, usage, at(23, 1))).toBe(20_000);
    expect(cost(price, usage, at(23, 4) - 1)).toBe(20_000);
    expect(cost(price, usage, at(23, 4))).toBe(10_000);
    expect(cost(price, usage, at(23, 0))).toBe(10_000);
    expect(cost(price, usage, at(22, 2)), "on a Sunday").toBe(10_000);
  });

  it("takes the latest change that has begun, in whatever order they stand", () => {
    const price: ModelPrice = {
      input: 1,
      output: 1,
      changes: [
        { from: "2027-06-01", input: 3, output: 3 },
        { from: "2027-01-01", input: 2, output: 2 },
      ],
      asOf,
    };
    const usage = { inputTokens: 10, outputTokens: 0 };
    expect(cost(price, usage, Date.UTC(2027, 0, 1) - 1)).toBe(10_000);
    expect(cost(price, usage, Date.UTC(2027, 0, 1))).toBe(20_000);
    expect(cost(price, usage, Date.UTC(2027, 5, 1))).toBe(30_000);
  });

  it("replaces tiers and windows by a change that has begun", () => {
    const price: ModelPrice = {
      input: 1,
      output: 1,
      tiers: [{ aboveInputTokens: 5, input: 9, output: 9 }],
      windows: [{ days: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, untilHour: 24, input: 8, output: 8 }],
      changes: [{ from: "2026-11-23", input: 2, output: 2 }],
      asOf,
    };
    expect(cost(price, { inputTokens: 10, outputTokens: 0 })).toBe(20_000);
  });

  it("adds the price of a request", () => {
    const price: ModelPrice = { input: 1, output: 1, perRequest: 0.005, asOf };
    expect(cost(price, { inputTokens: 1, outputTokens: 0 })).toBe(5_001_000);
    expect(cost({ ...price, perRequest: 0.0000011 }, { inputTokens: 0, outputTokens: 0 })).toBe(1_100);
  });

  it("rounds up what is less than a nano-dollar, and nothing that is not", () => {
    expect(cost({ input: 0.0983, output: 0.1966, asOf }, { inputTokens: 1, outputTokens: 0 })).toBe(99);
    expect(cost({ input: 0.3, output: 0.1, asOf }, { inputTokens: 3, outputTokens: 1 })).toBe(1_000);
  });

  it("is a whole number, never negative, and never less for more tokens", () => {
    const rate = fc.double({ min: 0, max: 100, noNaN: true });
    const tokens = fc.nat(2_000_000);
    fc.assert(
      fc.property(
        rate,
        rate,
        tokens,
        tokens,
        fc.nat(1_000),
        (input, output, inputTokens, outputTokens, more) => {
          const price: ModelPrice = { input, output, asOf };
          const nanoUsd = cost(price, { inputTokens, outputTokens });
          expect(Number.isInteger(nanoUsd)).toBe(true);
          expect(nanoUsd).toBeGreaterThanOrEqual(0);
          expect(cost(price, { inputTokens: inputTokens + more, outputTokens })).toBeGreaterThanOrEqual(
            nanoUsd ?? 0,
          );
        },
      ),
    );
  });
});

describe("fromNanoUsd", () => {
  it("divides by a billion", () => {
    expect(fromNanoUsd(5_001_000)).toBe(0.005001);
  });
});
