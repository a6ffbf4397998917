import type { BudgetLine, BudgetStore } from "@salesagent/ports";
import { amounts, claim, NOTHING, sampleReservation } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const ONE_CALL = amounts({ calls: 1 });

/**
 * Numbers in [0, 1) that look random and are the same each time: a linear congruential generator.
 *
 * @see Press et al., "Numerical Recipes in C", 2nd edition, section 7.1.
 */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What one line says that no line may say, or undefined. */
function breach({ key, spent, held }: BudgetLine, limit: number): string | undefined {
  if (spent.tokens < 0 || held.tokens < 0) return `${key}: less than nothing`;
  return spent.tokens + held.tokens > limit
    ? `${key}: ${spent.tokens} + ${held.tokens} of ${limit}`
    : undefined;
}

/** Reserves, then gives back or books a part, and looks at the lines in between. @returns What it booked under each key. */
async function spendAtRandom(
  budgets: BudgetStore,
  id: string,
  limit: number,
  random: () => number,
  breaches: string[],
): Promise<ReadonlyMap<string, number>> {
  const look = async () =>
    breaches.push(...(await budgets.read(["a", "b", "c"])).flatMap((line) => breach(line, limit) ?? []));
  const tokens = Math.floor(random() * 20);
  const keys = ["a", "b", "c"].filter(() => random() < 0.7).sort(() => random() - 0.5);
  const claims = keys.map((key) => claim(key, { tokens: limit }));
  const outcome = await budgets.reserve(sampleReservation(id, { claims, amounts: amounts({ tokens }) }));
  if (random() < 0.2) await look();
  if (!outcome.granted) return new Map();
  const used = random() < 0.3 ? 0 : Math.floor(random() * (tokens + 1));
  if (!(await budgets.settle(id, amounts({ tokens: used })))) breaches.push(`${id}: not settled`);
  return new Map(keys.map((key) => [key, used]));
}

/** Budgets that many callers draw on at once. */
export function budgetOverlapConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("budget-store/1, callers that overlap in time", () => {
    it("grants exactly 500 of 1,000 reservations of one call under a limit of 500", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [claim("a", { calls: 500 })];
      const outcomes = await Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          budgets.reserve(sampleReservation(`${index}`, { claims, amounts: ONE_CALL })),
        ),
      );
      expect(outcomes.filter(({ granted }) => granted).length).toBe(500);
      expect(await budgets.read(["a"])).toEqual([
        { key: "a", spent: NOTHING, held: amounts({ calls: 500 }) },
      ]);
    });

    it("never passes a limit, nor falls below nothing, whatever is reserved, settled and given back", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const random = seededRandom(20260501);
      const breaches: string[] = [];
      const booked = await Promise.all(
        Array.from({ length: 200 }, (_, index) => spendAtRandom(budgets, `${index}`, 400, random, breaches)),
      );
      expect(breaches).toEqual([]);
      const sum = (key: string) => booked.reduce((total, used) => total + (used.get(key) ?? 0), 0);
      expect(await budgets.read(["a", "b", "c"])).toEqual(
        ["a", "b", "c"].map((key) => ({ key, spent: amounts({ tokens: sum(key) }), held: NOTHING })),
      );
    });

    it("comes to an end when reservations name the same keys in opposite orders", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [claim("a"), claim("b"), claim("c")];
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const ordered = index % 2 === 0 ? claims : [...claims].reverse();
          await budgets.reserve(sampleReservation(`${index}`, { claims: ordered, amounts: ONE_CALL }));
          if (index % 3 === 0) await budgets.settle(`${index}`, ONE_CALL);
        }),
      );
      expect(
        (await budgets.read(["a", "b", "c"])).map(({ spent, held }) => [spent.calls, held.calls]),
      ).toEqual([
        [20, 40],
        [20, 40],
        [20, 40],
      ]);
    });

    it("holds and books one reservation once, however many send it", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const reserved = await Promise.allSettled(
        Array.from({ length: 20 }, () => budgets.reserve(sampleReservation("1"))),
      );
      expect(reserved.filter(({ status }) => status === "fulfilled").length).toBe(1);
      const settled = await Promise.all(Array.from({ length: 20 }, () => budgets.settle("1", ONE_CALL)));
      expect(settled.filter(Boolean).length).toBe(1);
      expect(await budgets.read(["tenant/ever"])).toEqual([
        { key: "tenant/ever", spent: ONE_CALL, held: NOTHING },
      ]);
    });
  });
}
