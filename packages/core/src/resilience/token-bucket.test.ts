import { manualClock } from "@salesagent/conformance";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.js";

describe("TokenBucket", () => {
  it("takes bursts up to its capacity, then its rate", () => {
    const clock = manualClock();
    const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 2, clock });
    expect([1, 2, 3, 4].map(() => bucket.tryTake(1))).toEqual([true, true, true, false]);
    expect(bucket.waitMs(1)).toBe(500);

    clock.advance(500);
    expect([bucket.tryTake(1), bucket.tryTake(1)]).toEqual([true, false]);
  });

  it("lets through what is larger than itself when it is full, and owes the rest", () => {
    const clock = manualClock();
    const bucket = new TokenBucket({ capacity: 10, refillPerSecond: 1, clock });
    expect(bucket.tryTake(25)).toBe(true);

    expect([bucket.level, bucket.headroom, bucket.waitMs(10)]).toEqual([-15, 0, 25_000]);
  });

  it("never hands out more than its capacity and its rate, and as much when it is asked for", () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 20, noNaN: true })),
    );
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 20, max: 50 }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (sequence, capacity, refillPerSecond) => {
          const clock = manualClock();
          const bucket = new TokenBucket({ capacity, refillPerSecond, clock });
          let taken = 0;
          for (const [waitMs, amount] of sequence) {
            clock.advance(waitMs);
            const needsMs = bucket.waitMs(amount);
            const went = bucket.tryTake(amount);
            expect(went).toBe(needsMs === 0);
            if (went) taken += amount;
            else {
              clock.advance(Math.ceil(needsMs));
              expect(bucket.tryTake(amount)).toBe(true);
              taken += amount;
            }
            expect(taken).toBeLessThanOrEqual(capacity + (refillPerSecond * clock.elapsed()) / 1000 + 1e-6);
            expect(bucket.level).toBeLessThanOrEqual(capacity);
          }
        },
      ),
    );
  });

  it.each([
    ["tokenBucket.capacity", { capacity: 0 }],
    ["tokenBucket.refillPerSecond", { refillPerSecond: Number.NaN }],
    ["tokenBucket.level", { level: 11 }],
  ])("refuses %s = %j", (path, options) => {
    expect(() => new TokenBucket({ capacity: 10, refillPerSecond: 1, ...options })).toThrow(
      `${path} must be`,
    );
  });

  it("refuses to take what is no amount", () => {
    const bucket = new TokenBucket({ capacity: 10, refillPerSecond: 1 });
    expect(() => bucket.tryTake(-1)).toThrow(RangeError);
  });
});
