import { manualClock } from "@salesagent/conformance";
import { type AttemptPermit, type CallScope, SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planAttempt } from "../model/begin-attempt.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import type { BudgetOptions } from "./budget-options.js";
import { createBudgets } from "./budgets.js";
import { CEILING_USD, sampleAttempt, samplePlan } from "./testing/attempts.js";
import { tappedStorage } from "./testing/tapped-storage.js";

const REFUSED = { outcome: "aborted", errorCode: "refused", usage: {} } as const;
const DAY: BudgetOptions = { usd: 1, scope: "tenant", per: "day" };

function setup(...budgets: readonly BudgetOptions[]) {
  const clock = manualClock();
  const storage = tappedStorage(clock);
  return { clock, storage, budgets: createBudgets({ budgets, storage, clock }) };
}

describe("budgets", () => {
  it("set the most aside that an attempt can cost, and book what it did cost", async () => {
    const { budgets } = setup(DAY);
    const permit = await budgets.begin(samplePlan(), {});
    expect(await budgets.read({ tenant: "acme" })).toEqual([
      {
        name: "tenant per day",
        scope: "tenant",
        subject: "acme",
        limits: { usd: 1 },
        spent: { usd: 0, tokens: 0, calls: 0 },
        held: { usd: CEILING_USD, tokens: expect.any(Number), calls: 1 },
        left: { usd: 1 - CEILING_USD },
        resetsAt: "2026-01-06T00:00:00.000Z",
      },
    ]);

    await permit.end(sampleAttempt(0.1));

    expect(await budgets.read({ tenant: "acme" })).toMatchObject([
      {
        spent: { usd: 0.1, tokens: 15, calls: 1 },
        held: { usd: 0, tokens: 0, calls: 0 },
        left: { usd: 0.9 },
      },
    ]);
  });

  it("refuse what does not fit beside running attempts, and say all of it", async () => {
    const { budgets } = setup({ ...DAY, name: "daily", usd: 0.8 });
    await (await budgets.begin(samplePlan(), {})).end(sampleAttempt(0.2));
    await budgets.begin(samplePlan(), {});

    const refused: unknown = await Promise.resolve(budgets.begin(samplePlan(), {})).catch(
      (error: unknown) => error,
    );

    expect(refused).toMatchObject({
      code: "budget.exceeded",
      facts: {
        budget: "daily",
        measure: "usd",
        limit: 0.8,
        spent: 0.2,
        held: CEILING_USD,
        wanted: CEILING_USD,
        resetsAt: "2026-01-06T00:00:00.000Z",
      },
    });
    expect(String(refused)).toContain('"daily" of $0.8 has no room');
  });

  it("hold all at once: what one refuses, no other keeps", async () => {
    const { budgets } = setup({ calls: 5, scope: "tenant" }, { tokens: 1, scope: "run" });
    await expect(budgets.begin(samplePlan(), {})).rejects.toMatchObject({
      facts: { budget: "run", measure: "tokens", limit: 1 },
    });
    expect(await budgets.read({ tenant: "acme" })).toMatchObject([{ name: "tenant", held: { calls: 0 } }]);
  });

  it.each([
    ["an unknown cost as the most that it can be", {}, { usd: CEILING_USD, tokens: 15, calls: 1 }],
    ["a cost that can't be one likewise", { costUsd: Number.NaN }, { usd: CEILING_USD, calls: 1 }],
    ["unknown tokens as the most that they can be", { costUsd: 0.1, usage: {} }, { usd: 0.1, calls: 1 }],
    ["what a vendor refused as one call", { costUsd: 0, usage: {} }, { usd: 0, tokens: 0, calls: 1 }],
    ["what no vendor saw as nothing", { ...REFUSED, costUsd: 0 }, { usd: 0, tokens: 0, calls: 0 }],
    ["less than a nano-dollar as one", { costUsd: 1e-11 }, { usd: 1e-9 }],
  ])("book %s", async (_, change, spent) => {
    const { budgets } = setup(DAY);
    const permit = await budgets.begin(samplePlan(), {});
    const { costUsd: _cost, ...attempt } = sampleAttempt(0);

    await permit.end({ ...attempt, ...change });

    expect(await budgets.read({ tenant: "acme" })).toMatchObject([
      { spent, held: { usd: 0, tokens: 0, calls: 0 } },
    ]);
  });

  it("count tokens that nobody told as the most that they can be", async () => {
    const { budgets } = setup({ tokens: 1_000_000, scope: "tenant" });
    const permit = await budgets.begin(samplePlan(), {});
    const [{ held } = { held: undefined }] = await budgets.read({ tenant: "acme" });
    await permit.end(sampleAttempt(0.1, { usage: { inputTokens: 3 } }));
    expect(await budgets.read({ tenant: "acme" })).toMatchObject([{ spent: { tokens: held?.tokens } }]);
  });

  it("refuse a model whose price nobody knows, where one is in USD", async () => {
    const { price: _, ...profile } = scriptedModel([]).profile;
    const model = { ...scriptedModel([]), profile };
    const plan = planAttempt(model, { messages: [] }, { scope: { tenant: "acme" } }, "first");
    await expect(setup(DAY).budgets.begin(plan, {})).rejects.toThrow("profile.price");
    const { budgets } = setup({ calls: 1, scope: "tenant" });
    await (await budgets.begin(plan, {})).end(sampleAttempt(0));
    await expect(budgets.begin(plan, {})).rejects.toMatchObject({ facts: { measure: "calls", limit: 1 } });
  });

  it.each([
    ["run", "runId"],
    ["lead", "leadId"],
    ["campaign", "campaignId"],
    ["agent", "agent"],
    ["tenant", "tenant"],
  ] as const)("keep each %s apart", async (scope, field) => {
    const { budgets } = setup({ calls: 1, scope });
    const at = (subject: string): CallScope => ({ tenant: "acme", [field]: subject });
    await budgets.begin(samplePlan(at("one")), {});
    await budgets.begin(samplePlan(at("two")), {});
    await expect(budgets.begin(samplePlan(at("one")), {})).rejects.toMatchObject({ code: "budget.exceeded" });
    expect(await budgets.read(at("two"))).toMatchObject([{ subject: "two", held: { calls: 1 } }]);
  });

  it("keep a run of one tenant apart from a run of the same id of another", async () => {
    const { budgets } = setup({ calls: 1, scope: "run" });
    await budgets.begin(samplePlan({ tenant: "acme", runId: "r" }), {});
    await budgets.begin(samplePlan({ tenant: "beta", runId: "r" }), {});
    expect(await budgets.read({ tenant: "beta", runId: "r" })).toMatchObject([{ held: { calls: 1 } }]);
  });

  it("refuse a call that does not name what they count by", async () => {
    const { budgets, storage, clock } = setup({ calls: 1, scope: "lead" });
    await expect(budgets.begin(samplePlan({ tenant: "acme" }), {})).rejects.toMatchObject({
      code: "budget.unscoped",
      facts: { budget: "lead", scope: "lead" },
    });
    await expect(budgets.begin(samplePlan({ leadId: "l" }), {})).rejects.toMatchObject({
      facts: { scope: "tenant" },
    });
    await expect(budgets.read({})).rejects.toMatchObject({ code: "budget.unscoped" });
    const own = createBudgets({ budgets: [{ calls: 1, scope: "lead" }], storage, clock, tenant: "acme" });
    await own.begin(samplePlan({ leadId: "l" }), {});
    expect(await budgets.read({ tenant: "acme", leadId: "l" })).toMatchObject([{ held: { calls: 1 } }]);
  });

  it("begin anew when their window is over, and book a late answer where it was set aside", async () => {
    const { budgets, clock } = setup({ calls: 1, scope: "tenant", per: "day" });
    const late = await budgets.begin(samplePlan(), {});
    await expect(budgets.begin(samplePlan(), {})).rejects.toMatchObject({ code: "budget.exceeded" });

    clock.advance(12 * 3_600_000 - 1);
    await expect(budgets.begin(samplePlan(), {})).rejects.toMatchObject({ code: "budget.exceeded" });
    clock.advance(1);
    await budgets.begin(samplePlan(), {});
    await late.end(sampleAttempt(0.1));

    expect(await budgets.read({ tenant: "acme" })).toMatchObject([
      { spent: { calls: 0 }, held: { calls: 1 }, resetsAt: "2026-01-07T00:00:00.000Z" },
    ]);
  });

  it("share one count with budgets of the same name on the same storage", async () => {
    const { budgets, storage, clock } = setup(DAY);
    const others = createBudgets({ budgets: [DAY], storage, clock });
    await budgets.begin(samplePlan(), {});
    await others.begin(samplePlan(), {});
    await expect(budgets.begin(samplePlan(), {})).rejects.toBeInstanceOf(SalesAgentError);
  });

  it("never pass a cap and hold nothing at the end, however attempts interleave", async () => {
    const step = fc.record({
      begin: fc.boolean(),
      pick: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { budgets } = setup({ usd: 2.2, scope: "tenant" }, { calls: 9, scope: "run" });
        const running: AttemptPermit[] = [];
        const pending: Promise<unknown>[] = [];
        for (const { begin, pick, share } of steps) {
          if (begin || running.length === 0) {
            const asked = Promise.resolve(budgets.begin(samplePlan(), {})).then((permit) =>
              running.push(permit),
            );
            pending.push(asked.catch(() => {}));
            if (pick % 2 === 0) await asked.catch(() => {});
          } else {
            const [permit] = running.splice(pick % running.length, 1);
            const refused = share < 0.2;
            pending.push(
              Promise.resolve(
                permit?.end(sampleAttempt(refused ? 0 : share * CEILING_USD, refused ? REFUSED : {})),
              ),
            );
          }
          const [status] = await budgets.read({ tenant: "acme", runId: "r1" });
          expect((status?.spent.usd ?? 9) + (status?.held.usd ?? 9)).toBeLessThanOrEqual(2.2 + 1e-9);
        }
        await Promise.all(pending);
        await Promise.all(running.map((permit) => permit.end(sampleAttempt(0.1))));

        for (const { held, left } of await budgets.read({ tenant: "acme", runId: "r1" })) {
          expect(held).toEqual({ usd: 0, tokens: 0, calls: 0 });
          for (const amount of Object.values(left)) expect(amount).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("createBudgets", () => {
  const tenant = { scope: "tenant" } as const;
  it.each([
    ["budgets[1].usd must be a number > 0, got -5", [DAY, { usd: -5, ...tenant }]],
    ["budgets[0].usd must be a number > 0, got NaN", [{ usd: Number.NaN, ...tenant }]],
    ["budgets[0].usd must be a number from", [{ usd: 1e12, ...tenant }]],
    ["budgets[0].tokens must be a whole number ≥ 1, got 1.5", [{ tokens: 1.5, ...tenant }]],
    ["budgets[0].calls must be a whole number ≥ 1, got 0", [{ calls: 0, ...tenant }]],
    ["budgets[0] limits nothing", [tenant]],
    [
      'budgets[0].scope must be one of run, lead, campaign, agent, tenant, got "team"',
      [{ usd: 1, scope: "team" }],
    ],
    ["budgets[0].per must be one of", [{ usd: 1, per: "year", ...tenant }]],
    ["budgets[0].per.ms must be a whole number", [{ usd: 1, per: { ms: 0 }, ...tenant }]],
    ["budgets[0].name must be", [{ usd: 1, name: "a/b", ...tenant }]],
    [
      'budgets[1].name: two budgets are named "tenant"',
      [
        { usd: 1, ...tenant },
        { calls: 1, ...tenant },
      ],
    ],
    ["budgets must have at least one entry", []],
  ])("says: %s", (message, budgets) => {
    const make = () => setup(...(budgets as readonly BudgetOptions[]));
    expect(make).toThrow(message);
  });

  it.each([
    ["leaseMs", { leaseMs: 0 }],
    ["storeAway", { storeAway: "maybe" }],
    ["storage", { storage: undefined }],
  ])("says what is wrong with %s", (name, change) => {
    const make = () =>
      createBudgets({ budgets: [DAY], storage: tappedStorage(manualClock()), ...(change as object) });
    expect(make).toThrow(name);
  });
});
