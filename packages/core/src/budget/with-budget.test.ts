import { manualClock } from "@salesagent/conformance";
import { userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { createBudgets } from "./budgets.js";
import { tappedStorage } from "./testing/tapped-storage.js";
import { withBudget } from "./with-budget.js";

const request = { messages: [userMessage("hi")], maxOutputTokens: 100_000 };
const scope = { tenant: "acme" };

function setup(usd: number) {
  const clock = manualClock();
  const budgets = createBudgets({
    budgets: [{ usd, scope: "tenant" }],
    storage: tappedStorage(clock),
    clock,
  });
  const inner = scriptedModel(() => ({ text: "ok", costUsd: 0.05 }));
  return { clock, budgets, inner, model: withBudget(inner, budgets, clock) };
}

describe("withBudget", () => {
  it("answers as the model does, and books what it cost", async () => {
    const { budgets, model, clock } = setup(1);
    expect(model).toMatchObject({ provider: "scripted", modelId: "plan" });
    expect(await model.stream(request, { scope }).result()).toMatchObject({ text: "ok", costUsd: 0.05 });
    expect(await budgets.read(scope)).toMatchObject([{ spent: { usd: 0.05, calls: 1 }, held: { usd: 0 } }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets as many concurrent calls through as fit, and asks no model for the others", async () => {
    const { budgets, model, inner } = setup(1);
    const ends = await Promise.allSettled(
      Array.from({ length: 40 }, () => model.stream(request, { scope }).result()),
    );
    // One call can cost a little over $0.10.
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(9);
    expect(inner.requests).toHaveLength(9);
    expect(await budgets.read(scope)).toMatchObject([{ spent: { calls: 9 }, held: { usd: 0 } }]);
  });

  it("gives back what a caller who left did not use", async () => {
    const { budgets, model } = setup(1);
    const caller = new AbortController();
    const stream = model.stream(request, { scope, signal: caller.signal });
    for await (const { type } of stream) if (type === "start") break;
    await new Promise((resolve) => setImmediate(resolve));
    const [status] = await budgets.read(scope);
    expect(status?.held.usd).toBe(0);
    expect(status?.spent.usd).toBeLessThan(0.001);
  });
});
