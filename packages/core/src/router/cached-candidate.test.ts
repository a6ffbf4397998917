import { manualClock } from "@salesagent/conformance";
import { userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createBudgets } from "../budget/budgets.js";
import { createLedger } from "../budget/ledger.js";
import { withBudget } from "../budget/with-budget.js";
import { withLedger } from "../budget/with-ledger.js";
import { withCache } from "../cache/with-cache.js";
import { ModelRouter } from "./model-router.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";

const request = { messages: [userMessage("Hi")] };
const scope = { tenant: "acme" };

describe("a candidate with a cache", () => {
  it("answers with its hit, which says nothing of the model's speed and health", async () => {
    const clock = manualClock();
    const storage = memoryStorage({ clock });
    const one = withCache(namedModel("one", { text: "x" }), { storage, clock });
    const router = new ModelRouter({ candidates: [one], clock });
    await router.stream(request, { scope }).result();
    const hit = await router.stream(request, { scope }).result();

    expect(hit).toMatchObject({ text: "x", costUsd: 0, attempts: [], cache: { kind: "exact" } });
    expect(router.candidates()[0]?.attempts).toBe(1);
  });
});

describe("wrappers around a router and within it", () => {
  function stack() {
    const storage = memoryStorage();
    const ledger = createLedger({ storage });
    const budgets = createBudgets({ budgets: [{ usd: 100, scope: "tenant" }], storage });
    const models = [
      namedModel("cut", { text: "half", error: modelFailure("model.stream_cut") }),
      namedModel("well", { text: "whole" }),
    ] as const;
    return { storage, ledger, budgets, models, retry: { retries: 0 }, policy: "best" } as const;
  }
  type Stack = ReturnType<typeof stack>;
  const routerOf = ({ models: candidates, policy, retry }: Stack) =>
    new ModelRouter({ candidates, policy, retry });

  it.each<[string, (parts: Stack) => ReturnType<typeof withLedger>]>([
    ["a cache over all", (it) => withCache(withLedger(withBudget(routerOf(it), it.budgets), it.ledger), it)],
    ["a cache below", (it) => withLedger(withBudget(withCache(routerOf(it), it), it.budgets), it.ledger)],
    [
      "a router in a router, each with the budgets",
      (it) => {
        const inner = new ModelRouter({
          candidates: it.models,
          policy: it.policy,
          retry: it.retry,
          budgets: it.budgets,
        });
        return withLedger(
          withBudget(new ModelRouter({ candidates: [inner], budgets: it.budgets }), it.budgets),
          it.ledger,
        );
      },
    ],
    [
      "a cache around budgets, with those of the caller",
      (it) => {
        const cached = withCache(withBudget(routerOf(it), it.budgets), it);
        return withLedger(withBudget(cached, it.budgets), it.ledger);
      },
    ],
    [
      "candidates with caches and budgets of their own",
      (it) => {
        const candidates = it.models.map((model, index) => ({
          id: `${index}`,
          model: withCache(withBudget(model, it.budgets), it),
        }));
        const router = new ModelRouter({
          candidates,
          policy: it.policy,
          retry: it.retry,
          budgets: it.budgets,
        });
        return withLedger(router, it.ledger);
      },
    ],
  ])("count each attempt once: %s", async (_, wrap) => {
    const parts = stack();
    const result = await wrap(parts).stream(request, { scope }).result();
    await parts.ledger.flush();
    await parts.budgets.flush();
    const { items } = await parts.storage.tenant("acme").modelCalls.list();
    const [status] = await parts.budgets.read(scope);

    expect(items.map(({ modelId, outcome }) => [modelId, outcome]).sort()).toEqual([
      ["cut", "failed"],
      ["well", "completed"],
    ]);
    expect(result.attempts).toHaveLength(2);
    const ledgerUsd = items.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
    expect(result.costUsd).toBeCloseTo(ledgerUsd, 12);
    expect(status?.spent).toMatchObject({ calls: 2 });
    expect(status?.spent.usd).toBeCloseTo(ledgerUsd, 12);
    expect(status?.held).toEqual({ usd: 0, tokens: 0, calls: 0 });
  });
});
