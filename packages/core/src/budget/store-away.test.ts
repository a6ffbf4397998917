import { manualClock } from "@salesagent/conformance";
import { type BudgetStore, SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type BudgetsOptions, createBudgets } from "./budgets.js";
import { CEILING_USD, sampleAttempt, samplePlan } from "./testing/attempts.js";
import { type Tap, tappedStorage } from "./testing/tapped-storage.js";

const AWAY = new SalesAgentError("store.unavailable", {
  message: "The database does not answer.",
  facts: { store: "budgets" },
  replay: "safe",
});
const ACME = { tenant: "acme" };

/** Lets promises that stand settle. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

function setup(tap: Tap = () => {}, options: Partial<BudgetsOptions> = {}) {
  const clock = manualClock();
  const calls: (keyof BudgetStore)[] = [];
  const storage = tappedStorage(clock, (method, args) => {
    calls.push(method);
    return tap(method, args);
  });
  const told: unknown[] = [];
  const budgets = createBudgets({
    budgets: [{ usd: 1, scope: "tenant" }],
    storage,
    clock,
    onError: (error) => told.push(error),
    ...options,
  });
  const stand = async () => (await budgets.read(ACME))[0];
  return { clock, budgets, calls, told, stand };
}

describe("budgets whose store is away", () => {
  it("end the attempt with its error, and give back what may have been set aside all the same", async () => {
    let away = true;
    const { budgets, clock, calls, stand } = setup(() => {
      if (away) throw AWAY;
    });
    await expect(budgets.begin(samplePlan(), {})).rejects.toBe(AWAY);
    await turns();
    expect(calls).toEqual(["reserve", "settle"]);

    away = false;
    clock.advance(500);
    await budgets.flush();
    expect(calls).toEqual(["reserve", "settle", "settle"]);
    expect(await stand()).toMatchObject({ held: { usd: 0 }, spent: { usd: 0 } });
  });

  it("let it go on where that was chosen, and say so", async () => {
    let away = true;
    const toldAway: unknown[] = [];
    const { budgets, stand } = setup(
      () => {
        if (away) throw AWAY;
      },
      { storeAway: "open", onStoreAway: (error) => toldAway.push(error) },
    );
    const permit = await budgets.begin(samplePlan(), {});
    expect(toldAway).toEqual([AWAY]);
    away = false;
    await permit.end(sampleAttempt(0.1));
    expect(await stand()).toMatchObject({ held: { usd: 0 } });
  });

  it("never take a refusal or a wrong call for one that is away", async () => {
    const invalid = new SalesAgentError("store.invalid", {
      message: "taken",
      facts: { store: "budgets", field: "id" },
      replay: "safe",
    });
    let broken = true;
    const { budgets, calls, clock } = setup(
      (method) => {
        if (broken && method === "reserve") throw invalid;
      },
      { storeAway: "open" },
    );
    await expect(budgets.begin(samplePlan(), {})).rejects.toBe(invalid);
    broken = false;
    await turns();
    clock.advance(60_000);
    await budgets.flush();
    expect(calls, "a reservation of somebody else's must stand").toEqual(["reserve"]);
  });

  it("settle in the background when the store comes back, without holding the answer", async () => {
    let away = false;
    const { budgets, clock, told, stand } = setup(() => {
      if (away) throw AWAY;
    });
    const permit = await budgets.begin(samplePlan(), {});
    away = true;
    await permit.end(sampleAttempt(0.1));
    away = false;
    clock.advance(500);
    await budgets.flush();
    expect(await stand()).toMatchObject({ spent: { usd: 0.1 }, held: { usd: 0 } });
    expect(told).toEqual([]);
  });

  it("leave a reservation that can't be settled to lapse, booked in full, and say so", async () => {
    let away = false;
    const { budgets, clock, told, stand } = setup(() => {
      if (away) throw AWAY;
    });
    const permit = await budgets.begin(samplePlan(), {});
    away = true;
    await permit.end(sampleAttempt(0.1));
    const flushed = budgets.flush();
    for (let waits = 0; waits < 3; waits++) {
      await turns();
      clock.advance(10_000);
    }
    await flushed;
    expect(told).toEqual([AWAY]);
    away = false;
    clock.advance(60_000);
    expect(await stand()).toMatchObject({ spent: { usd: CEILING_USD }, held: { usd: 0 } });
  });
});

describe("a caller who leaves while money is set aside", () => {
  it("is let go at once, and nothing stays held", async () => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { budgets, stand } = setup((method) => (method === "reserve" ? held : undefined));
    const caller = new AbortController();
    const pending = budgets.begin(samplePlan(), { signal: caller.signal });
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);

    answer();
    await turns();
    await budgets.flush();
    expect(await stand()).toMatchObject({ held: { usd: 0 }, spent: { usd: 0 } });
  });
});

describe("leases", () => {
  it("are prolonged while attempts run, by one timer, and by none when none runs", async () => {
    const { budgets, clock, calls, stand } = setup(undefined, { leaseMs: 30_000 });
    const first = await budgets.begin(samplePlan(), {});
    const second = await budgets.begin(samplePlan(), {});
    expect(clock.pendingTimers).toBe(1);

    for (let minutes = 0; minutes < 5; minutes++) {
      clock.advance(60_000);
      await turns();
    }
    expect(calls.filter((method) => method === "renew")).toHaveLength(30);
    expect(await stand()).toMatchObject({ held: { usd: 1, calls: 2 }, spent: { usd: 0 } });

    await first.end(sampleAttempt(0.1));
    expect(clock.pendingTimers).toBe(1);
    await second.end(sampleAttempt(0.1));
    expect(clock.pendingTimers).toBe(0);
  });

  it("that nobody prolongs lapse: the call may be billed, so it is booked in full, and corrected by a late end", async () => {
    let away = false;
    const { budgets, clock, told, stand } = setup((method) => {
      if (away && method === "renew") throw AWAY;
    });
    const permit = await budgets.begin(samplePlan(), {});
    away = true;
    clock.advance(60_000);
    await turns();
    expect(told.length).toBeGreaterThan(0);
    expect(await stand()).toMatchObject({ spent: { usd: CEILING_USD }, held: { usd: 0 } });

    await permit.end(sampleAttempt(0.1));
    expect(await stand()).toMatchObject({ spent: { usd: 0.1 }, held: { usd: 0 } });
  });
});
