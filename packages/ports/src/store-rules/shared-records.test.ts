import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BudgetReservation } from "../stores/budget-store.js";
import { toNormalReservation } from "./shared-records.js";
import { checkVector, toNormalItems } from "./vector-rules.js";

const reservation: BudgetReservation = {
  id: "call-1",
  claims: [{ key: "a", limits: { tokens: 5 }, windowEndsAt: "2026-11-21T00:00:00Z" }],
  amounts: { nanoUsd: 1, tokens: 2, calls: 3 },
  leaseUntil: "2026-11-21T08:00:00Z",
};

function refusal(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("reservations", () => {
  it("have one form: instants with milliseconds, and no properties but their own", () => {
    const claims = reservation.claims.map((claim) => ({ ...claim, note: "x" }));
    const amounts = { ...reservation.amounts, usd: 0.5 };
    expect(toNormalReservation({ ...reservation, claims, amounts })).toEqual({
      id: "call-1",
      claims: [{ key: "a", limits: { tokens: 5 }, windowEndsAt: "2026-11-21T00:00:00.000Z" }],
      amounts: { nanoUsd: 1, tokens: 2, calls: 3 },
      leaseUntil: "2026-11-21T08:00:00.000Z",
    });
  });

  it("may not name a limit of something that isn't measured, which would never refuse", () => {
    const limits = { usd: 5 } as object;
    expect(
      refusal(() => toNormalReservation({ ...reservation, claims: [{ key: "a", limits }] })),
    ).toMatchObject({
      code: "store.invalid",
      facts: { store: "budgets", field: "reservation.claims[0].limits.usd" },
    });
  });
});

describe("vectors", () => {
  it("are refused exactly when they have no direction", () => {
    const number = fc.float({ noDefaultInfinity: false, noNaN: false });
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 1, maxLength: 12 }),
        fc.nat(11),
        number,
        (base, place, odd) => {
          const vector = base.map((value, index) => (index === place ? odd : value));
          const hasDirection = vector.every(Number.isFinite) && vector.some((value) => value !== 0);
          expect(refusal(() => checkVector("vector", vector)) === undefined).toBe(hasDirection);
        },
      ),
      { numRuns: 500 },
    );
    expect(refusal(() => checkVector("vector", Float32Array.of(1e-45)))).toBe(undefined);
    expect(refusal(() => checkVector("vector", Float32Array.of(3.4e38, 3.4e38)))).toBe(undefined);
  });

  it("are refused where they are lists of numbers, which would be kept in doubles", () => {
    const vector = [1, 2] as unknown;
    expect(refusal(() => checkVector("vector", vector as Float32Array))).toMatchObject({
      code: "store.invalid",
    });
  });

  it("have the length of the collection, or else of the first of the batch", () => {
    const item = (id: string, ...numbers: number[]) => ({
      id,
      vector: Float32Array.of(...numbers),
      data: null,
    });
    expect(refusal(() => toNormalItems([item("a", 1), item("b", 1, 2)], undefined))).toMatchObject({
      facts: { field: "items[1].vector" },
    });
    expect(refusal(() => toNormalItems([item("a", 1)], 2))).toMatchObject({
      facts: { field: "items[0].vector" },
    });
    expect(toNormalItems([item("a", 1, 2), item("a", 3, 4)], 2)).toEqual([item("a", 3, 4)]);
  });
});
