import { setImmediate as turn } from "node:timers/promises";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import type { RateBudgetStore } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localRateBudgetStore } from "./local-rate-budget-store.js";
import { createRateBudget, type RateBudgetOptions, type RateWant } from "./rate-budget.js";
import { mostWithin } from "./testing/most-within.js";
import { settle } from "./testing/settle.js";

const TEN_SECONDS = { name: "interval", limit: 10, windowMs: 10_000 };
const ever = Number.POSITIVE_INFINITY;

function setUp(options: Partial<RateBudgetOptions> = {}, clock: ManualClock = manualClock()) {
  const store = options.store ?? localRateBudgetStore({ clock });
  const grantedAtMs: number[] = [];
  const budget = createRateBudget({
    name: "acme/close",
    windows: [TEN_SECONDS],
    marginMs: 0,
    store,
    clock,
    ...options,
  });
  const take = async (want: RateWant = {}) => {
    const waitedMs = await budget.take({ maxWaitMs: ever, ...want });
    grantedAtMs.push(clock.elapsed());
    return waitedMs;
  };
  return { budget, clock, store, grantedAtMs, take };
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe("createRateBudget", () => {
  it("lets the limit through at once, and the next when the window has room", async () => {
    const { clock, take, grantedAtMs } = setUp();
    await settle(clock, Promise.all(times(25, take)), 100);
    expect(grantedAtMs.slice(0, 10)).toEqual(times(10, () => 0));
    expect(mostWithin(grantedAtMs, 10_000)).toBe(10);
    expect(Math.max(...grantedAtMs)).toBeLessThanOrEqual(22_000);
  });

  it("counts a window as longer by the margin, since calls arrive after they got leave", async () => {
    const { clock, take, grantedAtMs } = setUp({ marginMs: 500 });
    await settle(clock, Promise.all(times(11, take)), 10);
    expect(mostWithin(grantedAtMs, 10_500)).toBe(10);
  });

  it("takes leave in several windows at once, or in none", async () => {
    const day = { name: "daily", limit: 12, windowMs: 86_400_000 };
    const { clock, budget, take } = setUp({ windows: [TEN_SECONDS, day] });
    await settle(clock, Promise.all(times(12, take)), 100);
    const refused = await budget.take().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "call.wait_too_long", replay: "safe", facts: { capMs: 60_000 } });
    expect(refused).toMatchObject({ facts: { waitMs: expect.toSatisfy((ms: number) => ms > 80_000_000) } });
    expect(clock.pendingTimers).toBe(0);
  });

  it("counts a group by its own windows, and by those for all that don't leave it out", async () => {
    const search = { name: "search", limit: 2, windowMs: 1_000, groups: ["search"] };
    const windows = [{ ...TEN_SECONDS, except: ["search"] }, search];
    const { clock, take, grantedAtMs } = setUp({ windows });
    const searches = times(6, () => take({ group: "search" }));
    await settle(clock, Promise.all(searches), 50);
    expect(mostWithin(grantedAtMs, 1_000)).toBe(2);
    const atMs = clock.elapsed();
    await Promise.all(times(10, take));
    expect(clock.elapsed()).toBe(atMs);
  });

  it("keeps a share for interactive calls, however many bulk calls wait", async () => {
    const { clock, take } = setUp();
    const bulk = Promise.all(times(200, () => take({ priority: "bulk" })));
    await turn();
    for (let round = 0; round < 5; round++) {
      expect(await take()).toBe(0);
      await settle(clock, Promise.resolve(), 1);
      clock.advance(11_000);
      for (let turns = 0; turns < 20; turns++) await turn();
    }
    await settle(clock, bulk, 500);
  });

  it("lets a bulk call through where the share of a small limit is less than one", async () => {
    const { take } = setUp({ windows: [{ name: "one", limit: 1, windowMs: 1_000 }], bulkShare: 0.5 });
    expect(await take({ priority: "bulk" })).toBe(0);
  });

  it("serves those of a group in their order, and lets go of who left", async () => {
    const { clock, take, budget } = setUp({ windows: [{ name: "one", limit: 1, windowMs: 1_000 }] });
    const caller = new AbortController();
    const order: number[] = [];
    const all = times(4, () => 0).map((_, index) =>
      budget.take({ maxWaitMs: ever, ...(index === 2 ? { signal: caller.signal } : {}) }).then(
        () => order.push(index),
        (reason: unknown) => reason,
      ),
    );
    caller.abort("left");
    await settle(clock, Promise.all(all), 10);
    expect(order).toEqual([0, 1, 3]);
    expect(await all[2]).toBe("left");
    const lonely = new AbortController();
    const waiting = take({ signal: lonely.signal }).catch((reason: unknown) => reason);
    await turn();
    lonely.abort("gone");
    expect(await waiting).toBe("gone");
    await turn();
    expect(clock.pendingTimers).toBe(0);
  });

  it("refuses at once who can't wait as long as those before", async () => {
    const { clock, take, budget } = setUp({ windows: [{ name: "daily", limit: 1, windowMs: 86_400_000 }] });
    await take();
    const patient = take();
    await turn();
    await expect(budget.take()).rejects.toMatchObject({ code: "call.wait_too_long" });
    clock.advance(91_000_000);
    await patient;
  });

  it("tells who waits when the store fails, and goes on after it", async () => {
    const clock = manualClock();
    const local = localRateBudgetStore({ clock });
    let isAway = true;
    const store: RateBudgetStore = {
      ...local,
      take: (want) => (isAway ? Promise.reject(new Error("store away")) : local.take(want)),
    };
    const { budget } = setUp({ store }, clock);
    await expect(budget.take()).rejects.toThrow("store away");
    isAway = false;
    expect(await budget.take()).toBe(0);
  });

  it("asks the store less often than once a call where many wait", async () => {
    const clock = manualClock();
    const local = localRateBudgetStore({ clock });
    let asked = 0;
    const store: RateBudgetStore = {
      ...local,
      take(want) {
        asked++;
        return local.take(want);
      },
    };
    const { take } = setUp({ store, windows: [{ name: "s", limit: 1_000, windowMs: 1_000 }] }, clock);
    await Promise.all(times(800, take));
    expect(asked).toBeLessThan(150);
  });

  it.each<[Partial<RateBudgetOptions>, RegExp]>([
    [{ name: "" }, /rateBudget\.name/],
    [{ bulkShare: 0 }, /rateBudget\.bulkShare/],
    [{ windows: [{ name: "w", limit: 0, windowMs: 1 }] }, /windows\[0\]\.limit/],
  ])("refuses options %j", (options, message) => {
    expect(() => setUp(options)).toThrow(message);
  });
});

describe("a rate budget that is told", () => {
  it("waits out a refusal, in the windows that it is about", async () => {
    const search = { name: "search", limit: 5, windowMs: 1_000, groups: ["search"] };
    const { budget, clock, take } = setUp({ windows: [TEN_SECONDS, search] });
    budget.learn({ group: "search", facts: [], refused: { waitMs: 3_000 } });
    expect(await take()).toBe(0);
    expect(await settle(clock, take({ group: "search" }), 50)).toBeGreaterThanOrEqual(3_000);
    budget.learn({ facts: [], refused: {} });
    expect(await settle(clock, take(), 50)).toBeGreaterThanOrEqual(10_000);
    budget.learn({ facts: [], refused: { waitMs: 500, windows: ["interval"] } });
    expect(await settle(clock, take({ group: "search" }), 50)).toBeGreaterThanOrEqual(500);
  });

  it("holds a refusal where no limit is known", async () => {
    const { budget, clock, take } = setUp({ windows: [] });
    await Promise.all(times(100, take));
    expect(clock.elapsed()).toBe(0);
    budget.learn({ facts: [], refused: {} });
    expect(await settle(clock, take(), 50)).toBeGreaterThanOrEqual(2_000);
  });

  it("uses less than it may where others use the same credential", async () => {
    const { budget, clock, take, grantedAtMs } = setUp();
    await take();
    budget.learn({ facts: [{ window: "interval", limit: 10, remaining: 2, resetMs: 4_000 }] });
    await settle(clock, Promise.all(times(4, take)), 50);
    expect(grantedAtMs.filter((at) => at === 0)).toHaveLength(3);
    expect(Math.min(...grantedAtMs.filter((at) => at > 0))).toBeGreaterThanOrEqual(4_000);
  });

  it("takes over a lower limit, and a higher one where it was told to", async () => {
    const raising = setUp({ windows: [{ ...TEN_SECONDS, raise: true }] });
    raising.budget.learn({ facts: [{ window: "interval", limit: 19, remaining: 19, windowMs: 10_000 }] });
    await Promise.all(times(19, raising.take));
    expect(raising.clock.elapsed()).toBe(0);

    const { budget, take, clock, grantedAtMs } = setUp();
    budget.learn({ facts: [{ window: "interval", limit: 19, remaining: 19, windowMs: 10_000 }] });
    await Promise.all(times(10, take));
    budget.learn({ facts: [{ window: "other", limit: 4, remaining: 4, windowMs: 10_000 }] });
    clock.advance(20_000);
    await settle(clock, Promise.all(times(5, take)), 100);
    expect(mostWithin(grantedAtMs.slice(10), 10_000)).toBe(4);
  });

  it("learns limits that nobody set, each of its group", async () => {
    const { budget, clock, take, grantedAtMs } = setUp({ windows: [] });
    budget.learn({ group: "lead", facts: [{ window: "default", limit: 4, remaining: 3, resetMs: 8_000 }] });
    await Promise.all(times(50, () => take({ group: "task" })));
    expect(clock.elapsed()).toBe(0);
    grantedAtMs.length = 0;
    await settle(clock, Promise.all(times(9, () => take({ group: "lead" }))), 100);
    expect(mostWithin(grantedAtMs, 8_000)).toBe(4);
  });

  it("holds back for a week at most, and takes in amounts that are no whole numbers", async () => {
    const { budget, clock, take, grantedAtMs } = setUp();
    budget.learn({ facts: [{ window: "interval", limit: 10.9, remaining: 2.9, resetMs: 4_000.5 }] });
    await settle(clock, Promise.all(times(3, take)), 50);
    expect(mostWithin(grantedAtMs, 4_000)).toBe(2);
    budget.learn({
      facts: [{ window: "interval", limit: Number.NaN, remaining: -1 }],
      refused: { waitMs: 1e15 },
    });
    const refused = await budget.take().catch((error: unknown) => error);
    expect(refused).toMatchObject({ facts: { waitMs: 604_800_000 } });
  });

  it("never fails by what it is told, nor by a store that does not take it in", async () => {
    const clock = manualClock();
    const told: unknown[] = [];
    const store: RateBudgetStore = {
      ...localRateBudgetStore({ clock }),
      learn: () => Promise.reject(new Error("away")),
    };
    const { budget } = setUp({ store, onError: (error) => told.push(error) }, clock);
    budget.learn({
      facts: [
        { window: "interval", remaining: 0, limit: 0, resetMs: 5 },
        { window: "x", limit: 0 },
      ],
    });
    expect(await budget.take()).toBe(0);
    expect(told).toEqual([new Error("away")]);
  });
});

describe("rate budgets of several processes", () => {
  const process = fc.record({
    calls: fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 3_000 }),
        group: fc.constantFrom("search", undefined),
        priority: fc.constantFrom("interactive" as const, "bulk" as const),
      }),
      { maxLength: 25 },
    ),
  });

  it("never grant more than a limit in any span of its window, and let interactive calls through first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(process, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 2, max: 9 }),
        async (all, limit) => {
          const clock = manualClock();
          const store = localRateBudgetStore({ clock });
          const windows = [
            { name: "all", limit, windowMs: 1_000 },
            { name: "search", limit: 3, windowMs: 2_000, groups: ["search"] },
          ];
          const granted: { atMs: number; group: string | undefined; priority: string }[] = [];
          const work = all.map(async ({ calls }) => {
            const { budget } = setUp({ store, windows }, clock);
            const waits = calls.map(async ({ afterMs, group, priority }) => {
              await new Promise<void>((resolve) => void clock.schedule(afterMs, resolve));
              await budget.take({ group, priority, maxWaitMs: ever });
              granted.push({ atMs: clock.elapsed(), group, priority });
            });
            await Promise.all(waits);
          });
          await settle(clock, Promise.all(work), 50);
          const at = (group?: string) =>
            granted.filter((each) => !group || each.group === group).map(({ atMs }) => atMs);
          expect(mostWithin(at(), 1_000)).toBeLessThanOrEqual(limit);
          expect(mostWithin(at("search"), 2_000)).toBeLessThanOrEqual(3);
          const bulk = granted.filter(({ priority }) => priority === "bulk").map(({ atMs }) => atMs);
          expect(mostWithin(bulk, 1_000)).toBeLessThanOrEqual(Math.max(1, Math.floor(limit * 0.8)));
          expect(granted).toHaveLength(all.flatMap(({ calls }) => calls).length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
