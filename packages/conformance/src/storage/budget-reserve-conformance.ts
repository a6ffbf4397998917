import type { BudgetReservation } from "@salesagent/ports";
import { amounts, claim, FAR_AHEAD, LONG_AGO, NOTHING, sampleReservation } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

/** Reservations that no store takes, each with the field that the refusal names. */
const unsound: readonly (readonly [field: string, changes: Partial<BudgetReservation>])[] = [
  ["reservation.id", { id: "" }],
  ["reservation.id", { id: "x".repeat(401) }],
  ["reservation.claims[0].key", { claims: [claim("")] }],
  ["reservation.claims[1].key", { claims: [claim("a"), claim("x".repeat(401))] }],
  ["reservation.claims[1].key", { claims: [claim("a"), claim("a", { calls: 5 })] }],
  ["reservation.claims[0].limits.nanoUsd", { claims: [claim("a", { nanoUsd: -1 })] }],
  ["reservation.claims[0].limits.calls", { claims: [claim("a", { calls: Number.POSITIVE_INFINITY })] }],
  ["reservation.claims[0].windowEndsAt", { claims: [{ ...claim("a"), windowEndsAt: "2026-05-01" }] }],
  ["reservation.amounts.nanoUsd", { amounts: amounts({ nanoUsd: 0.5 }) }],
  ["reservation.amounts.tokens", { amounts: amounts({ tokens: -1 }) }],
  ["reservation.amounts.calls", { amounts: amounts({ calls: Number.NaN }) }],
  ["reservation.leaseUntil", { leaseUntil: "soon" }],
];

/** What reservations are granted, and what they hold. */
export function budgetReserveConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("budget-store/1", () => {
    it("holds what was reserved under every claim, and reads lines in the order of their keys", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [claim("a", { nanoUsd: 1000 }), claim("b", { tokens: 100 })];
      expect(await budgets.reserve(sampleReservation("1", { claims }))).toEqual({ granted: true });
      await budgets.reserve(sampleReservation("2", { claims: [claim("b")], amounts: amounts({ calls: 1 }) }));
      expect(await budgets.read(["b", "untouched", "a"])).toEqual([
        { key: "b", spent: NOTHING, held: { nanoUsd: 500, tokens: 40, calls: 2 } },
        { key: "untouched", spent: NOTHING, held: NOTHING },
        { key: "a", spent: NOTHING, held: { nanoUsd: 500, tokens: 40, calls: 1 } },
      ]);
      expect(await budgets.read([])).toEqual([]);
    });

    it("grants what fits to the last unit, and refuses one unit more, of any measure", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      for (const measure of ["nanoUsd", "tokens", "calls"] as const) {
        const claims = [claim(measure, { [measure]: 10 })];
        const reserve = (id: string, amount: number) =>
          budgets.reserve(
            sampleReservation(`${measure}-${id}`, { claims, amounts: amounts({ [measure]: amount }) }),
          );
        expect(await reserve("most", 9)).toEqual({ granted: true });
        const refused = {
          key: measure,
          spent: NOTHING,
          held: amounts({ [measure]: 9 }),
          measure,
          limit: 10,
        };
        expect(await reserve("too much", 2)).toEqual({ granted: false, refused });
        expect(await reserve("last", 1)).toEqual({ granted: true });
        expect(await reserve("none", 0)).toEqual({ granted: true });
      }
    });

    it("holds nothing anywhere when one of several claims refuses, and names the first that does", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [
        claim("z", { calls: 5 }),
        claim("full", { tokens: 39 }),
        claim("also full", { tokens: 1 }),
        claim("a"),
      ];
      expect(await budgets.reserve(sampleReservation("1", { claims }))).toEqual({
        granted: false,
        refused: { key: "full", spent: NOTHING, held: NOTHING, measure: "tokens", limit: 39 },
      });
      const lines = await budgets.read(["z", "full", "also full", "a"]);
      expect(lines.map(({ held }) => held)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING]);
      expect(await budgets.settle("1", NOTHING)).toBe(false);
    });

    it("takes the id of a refused reservation again", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const tight = [claim("a", { calls: 0 })];
      expect(await budgets.reserve(sampleReservation("1", { claims: tight }))).toMatchObject({
        granted: false,
      });
      expect(await budgets.reserve(sampleReservation("1", { claims: [claim("a")] }))).toEqual({
        granted: true,
      });
    });

    it("counts measures that are not limited all the same", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1", { claims: [claim("a", { calls: 9 })] }));
      await budgets.settle("1", amounts({ nanoUsd: 300, tokens: 30, calls: 1 }));
      const outcome = await budgets.reserve(
        sampleReservation("2", {
          claims: [claim("a", { nanoUsd: 700 })],
          amounts: amounts({ nanoUsd: 401 }),
        }),
      );
      expect(outcome).toEqual({
        granted: false,
        refused: {
          key: "a",
          spent: { nanoUsd: 300, tokens: 30, calls: 1 },
          held: NOTHING,
          measure: "nanoUsd",
          limit: 700,
        },
      });
    });

    it("refuses a reservation whose id is taken, by an open one or a lapsed one, and counts it once", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("open"));
      await budgets.reserve(sampleReservation("lapsed", { leaseUntil: LONG_AGO }));
      await budgets.lapse();
      for (const id of ["open", "lapsed"]) {
        await expect(budgets.reserve(sampleReservation(id))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "reservation.id" },
        });
      }
      const one = sampleReservation("any").amounts;
      expect(await budgets.read(["tenant/ever"])).toEqual([{ key: "tenant/ever", spent: one, held: one }]);
    });

    it("refuses what is not a reservation, naming the field, and holds nothing", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      for (const [field, changes] of unsound) {
        const reservation = sampleReservation("1", { claims: [claim("a")], ...changes });
        await expect(budgets.reserve(reservation)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      expect(await budgets.read(["a"])).toEqual([{ key: "a", spent: NOTHING, held: NOTHING }]);
    });

    it("sums exactly, however large", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const large = [4_000_000_000_000_001, 5_000_000_000_000_002];
      for (const [index, nanoUsd] of large.entries()) {
        const claims = [{ ...claim("a", { nanoUsd: Number.MAX_SAFE_INTEGER }), windowEndsAt: FAR_AHEAD }];
        const reservation = sampleReservation(`${index}`, { claims, amounts: amounts({ nanoUsd }) });
        expect(await budgets.reserve(reservation)).toEqual({ granted: true });
      }
      expect((await budgets.read(["a"])).map(({ held }) => held.nanoUsd)).toEqual([9_000_000_000_000_003]);
      expect(await budgets.settle("0", amounts({ nanoUsd: 4_000_000_000_000_000 }))).toBe(true);
      expect(await budgets.read(["a"])).toEqual([
        {
          key: "a",
          spent: amounts({ nanoUsd: 4_000_000_000_000_000 }),
          held: amounts({ nanoUsd: 5_000_000_000_000_002 }),
        },
      ]);
    });
  });
}
