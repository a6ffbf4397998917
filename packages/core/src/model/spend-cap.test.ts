import { userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { maxCostUsd } from "./attempt-ceiling.js";
import { createSpendCap } from "./spend-cap.js";

describe("createSpendCap", () => {
  it("refuses what does not fit beside what others set aside", () => {
    const cap = createSpendCap({ usd: 1 });
    const first = cap.reserve(0.6);
    expect(() => cap.reserve(0.6)).toThrow(expect.objectContaining({ code: "budget.exceeded" }));
    first.settle(0.1);
    expect(cap.spentUsd).toBeCloseTo(0.1, 12);
    cap.reserve(0.6).release();
    expect(cap.spentUsd).toBeCloseTo(0.1, 12);
  });

  it("books an unknown cost as the most that it can be, once", () => {
    const cap = createSpendCap({ usd: 1 });
    const reservation = cap.reserve(0.25);
    reservation.settle(undefined);
    reservation.release();
    reservation.settle(0.5);
    expect(cap.spentUsd).toBe(0.25);
  });

  it("never lets the booked sum pass the cap while costs stay within what was set aside", () => {
    const step = fc.record({
      max: fc.double({ min: 0, max: 2, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const cap = createSpendCap({ usd: 3 });
        const open: (() => void)[] = [];
        for (const { max, share } of steps) {
          try {
            const reservation = cap.reserve(max);
            open.push(() => reservation.settle(max * share));
          } catch {
            open.shift()?.();
          }
        }
        for (const settle of open) settle();
        expect(cap.spentUsd).toBeLessThanOrEqual(3 + 1e-9);
      }),
    );
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a cap of %d", (usd) => {
    expect(() => createSpendCap({ usd })).toThrow(/spendCap\.usd/);
  });
});

describe("maxCostUsd", () => {
  const request = { messages: [userMessage("x".repeat(1000))], maxOutputTokens: 100 };

  it("counts the output limit in full and the input at the dearest rate", () => {
    const cost = maxCostUsd(request, {
      ...scriptedModel([]).profile,
      price: { input: 1, output: 10, cacheWrite: 2, asOf: "2026-01-01" },
    });
    expect(cost).toBeGreaterThan((1000 * 2 + 100 * 10) / 1e6);
    expect(cost).toBeLessThan((1200 * 2 + 100 * 10) / 1e6);
  });

  it("is unknown without a price", () => {
    const { price: _, ...profile } = scriptedModel([]).profile;
    expect(maxCostUsd(request, profile)).toBeUndefined();
  });
});
