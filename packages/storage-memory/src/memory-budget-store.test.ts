import { manualClock } from "@salesagent/conformance";
import type { BudgetAmounts, BudgetReservation, BudgetStore } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const KEYS = ["ever", "other", "first window", "second window"] as const;
/** When windows end, in milliseconds after the clock's start. */
const WINDOW_ENDS: Partial<Record<string, number>> = { "first window": 40, "second window": 90 };
const LIMIT = 30;

type Deed =
  | {
      readonly kind: "reserve";
      readonly id: number;
      readonly keys: readonly string[];
      readonly tokens: number;
      readonly leaseMs: number;
    }
  | { readonly kind: "settle"; readonly id: number; readonly share: number }
  | { readonly kind: "renew"; readonly id: number; readonly leaseMs: number }
  | { readonly kind: "lapse" }
  | { readonly kind: "wait"; readonly ms: number };

const id = fc.nat(7);
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("reserve" as const),
        id,
        keys: fc.shuffledSubarray([...KEYS]),
        tokens: fc.nat(12),
        leaseMs: fc.integer({ min: -5, max: 40 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("settle" as const),
        id,
        share: fc.integer({ min: 0, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("renew" as const),
        id,
        leaseMs: fc.integer({ min: -5, max: 40 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("lapse" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(25) }) },
  ),
  { maxLength: 60 },
);

const tokensOnly = (tokens: number): BudgetAmounts => ({ nanoUsd: tokens * 7, tokens, calls: 1 });

/** What one reservation came to, under the keys that are left to it. */
interface Entry {
  keys: readonly string[];
  readonly tokens: number;
  leaseUntil: number;
  state: "open" | "lapsed" | "settled";
  booked: number;
}

/** Budgets as their definition has them: nothing is kept but the reservations, and sums are made when asked for. */
class PlainBudgets {
  readonly entries = new Map<number, Entry>();
  readonly settled: Entry[] = [];

  lapse(nowMs: number): number {
    let count = 0;
    for (const entry of this.entries.values()) {
      if (entry.state !== "open" || entry.leaseUntil > nowMs) continue;
      entry.state = "lapsed";
      entry.booked = entry.tokens;
      count += 1;
    }
    const isOver = (key: string) => (WINDOW_ENDS[key] ?? Number.POSITIVE_INFINITY) <= nowMs;
    for (const entry of [...this.entries.values(), ...this.settled]) {
      const hadKeys = entry.keys.length > 0;
      entry.keys = entry.keys.filter((key) => !isOver(key));
      if (hadKeys && entry.keys.length === 0) {
        for (const [entryId, other] of this.entries) if (other === entry) this.entries.delete(entryId);
      }
    }
    return count;
  }

  line(key: string): { readonly spent: number; readonly held: number } {
    const under = [...this.entries.values(), ...this.settled].filter(({ keys }) => keys.includes(key));
    return {
      spent: under.reduce((sum, { state, booked }) => sum + (state === "open" ? 0 : booked), 0),
      held: under.reduce((sum, { state, tokens }) => sum + (state === "open" ? tokens : 0), 0),
    };
  }
}

function toReservation(
  deed: Extract<Deed, { kind: "reserve" }>,
  startMs: number,
  nowMs: number,
): BudgetReservation {
  const instant = (ms: number) => new Date(startMs + ms).toISOString();
  return {
    id: `${deed.id}`,
    claims: deed.keys.map((key) => {
      const end = WINDOW_ENDS[key];
      return { key, limits: { tokens: LIMIT }, ...(end === undefined ? {} : { windowEndsAt: instant(end) }) };
    }),
    amounts: tokensOnly(deed.tokens),
    leaseUntil: instant(nowMs + deed.leaseMs),
  };
}

/** Does one deed in the store and in the plain budgets, and compares what they say. */
async function actInBoth(
  budgets: BudgetStore,
  plain: PlainBudgets,
  deed: Deed,
  startMs: number,
  nowMs: number,
): Promise<void> {
  if (deed.kind === "reserve") {
    const pending = budgets.reserve(toReservation(deed, startMs, nowMs));
    plain.lapse(nowMs);
    if (plain.entries.has(deed.id)) return expect(pending).rejects.toMatchObject({ code: "store.invalid" });
    const refusing = deed.keys.find(
      (key) => plain.line(key).spent + plain.line(key).held + deed.tokens > LIMIT,
    );
    const outcome = await pending;
    expect(outcome.granted ? undefined : outcome.refused.key).toBe(refusing);
    if (outcome.granted) {
      plain.entries.set(deed.id, { ...deed, leaseUntil: nowMs + deed.leaseMs, state: "open", booked: 0 });
    }
  } else if (deed.kind === "settle") {
    const entry = plain.entries.get(deed.id);
    const used = Math.floor(((entry?.tokens ?? 0) * deed.share) / 4);
    expect(await budgets.settle(`${deed.id}`, tokensOnly(used))).toBe(entry !== undefined);
    if (entry === undefined) return;
    plain.entries.delete(deed.id);
    plain.settled.push({ ...entry, state: "settled", booked: used });
  } else if (deed.kind === "renew") {
    const until = nowMs + deed.leaseMs;
    await budgets.renew([`${deed.id}`], new Date(startMs + until).toISOString());
    const entry = plain.entries.get(deed.id);
    if (entry?.state === "open") entry.leaseUntil = Math.max(entry.leaseUntil, until);
  } else if (deed.kind === "lapse") {
    expect(await budgets.lapse()).toBe(plain.lapse(nowMs));
  }
}

describe("budgets in memory", () => {
  it("come to what their definition says, whatever is done in whatever order, and keep to every limit", async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (list) => {
        const clock = manualClock();
        const startMs = clock.now();
        const { budgets } = memoryStorage({ clock }).tenant("acme");
        const plain = new PlainBudgets();
        for (const deed of list) {
          if (deed.kind === "wait") clock.advance(deed.ms);
          const nowMs = clock.now() - startMs;
          await actInBoth(budgets, plain, deed, startMs, nowMs);
          const lines = await budgets.read(KEYS);
          plain.lapse(nowMs);
          for (const { key, spent, held } of lines) {
            expect({ spent: spent.tokens, held: held.tokens }).toEqual(plain.line(key));
            expect(spent.nanoUsd).toBe(spent.tokens * 7);
            expect(spent.tokens + held.tokens).toBeLessThanOrEqual(LIMIT);
          }
        }
      }),
    );
  });

  it("lapse by the host's clock, at the very instant when the lease is over", async () => {
    const clock = manualClock();
    const { budgets } = memoryStorage({ clock }).tenant("acme");
    const leaseUntil = new Date(clock.now() + 1000).toISOString();
    await budgets.reserve({
      id: "1",
      claims: [{ key: "a", limits: {} }],
      amounts: tokensOnly(5),
      leaseUntil,
    });
    clock.advance(999);
    expect(await budgets.lapse()).toBe(0);
    clock.advance(1);
    expect(await budgets.lapse()).toBe(1);
  });

  it("lapse what a transaction reserved, and let it be where the transaction failed", async () => {
    const clock = manualClock();
    const acme = memoryStorage({ clock }).tenant("acme");
    const reservation = (name: string, ms: number) => ({
      ...{ id: name, claims: [{ key: "a", limits: {} }], amounts: tokensOnly(5) },
      leaseUntil: new Date(clock.now() + ms).toISOString(),
    });
    await acme.budgets.reserve(reservation("outside", 5000));
    await acme.transaction(({ budgets }) => budgets.reserve(reservation("inside", 1000)));
    clock.advance(2000);
    const pending = acme.transaction(async ({ budgets }) => {
      expect(await budgets.lapse()).toBe(1);
      throw new Error("stop");
    });
    await expect(pending).rejects.toThrow("stop");
    expect(await acme.budgets.lapse()).toBe(1);
    clock.advance(3000);
    expect(await acme.budgets.lapse()).toBe(1);
  });

  it("lapse what was reserved while a transaction ran", async () => {
    const clock = manualClock();
    const acme = memoryStorage({ clock }).tenant("acme");
    const reservation = (key: string, ms: number) => ({
      ...{ id: key, claims: [{ key, limits: {} }], amounts: tokensOnly(5) },
      leaseUntil: new Date(clock.now() + ms).toISOString(),
    });
    await acme.transaction(async ({ budgets }) => {
      await budgets.reserve(reservation("inside", 5000));
      await acme.budgets.reserve(reservation("outside", 1000));
    });
    clock.advance(2000);
    expect(await acme.budgets.lapse()).toBe(1);
    expect((await acme.budgets.read(["outside"])).map(({ spent }) => spent.tokens)).toEqual([5]);
  });
});
