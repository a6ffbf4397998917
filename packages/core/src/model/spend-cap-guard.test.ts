import { SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { guarded } from "./guarded.js";
import { createSpendCap, type SpendCap } from "./spend-cap.js";
import { spendCapGuard } from "./spend-cap-guard.js";

const REQUEST = { messages: [userMessage("x".repeat(400))], maxOutputTokens: 100_000 };

const call = (cap: SpendCap, reply: ScriptedReply) =>
  guarded(scriptedModel([reply]))
    .stream(REQUEST, { guards: [spendCapGuard(cap)] })
    .result();

describe("a cap on spending as a guard", () => {
  it("books what an answer cost", async () => {
    const cap = createSpendCap({ usd: 1 });
    await call(cap, { text: "ok", costUsd: 0.25 });
    expect(cap.spentUsd).toBe(0.25);
    cap.reserve(0.75).release();
  });

  it("books a broken answer by what came of it, not as the most that it could be", async () => {
    const cap = createSpendCap({ usd: 1 });
    await expect(call(cap, { text: "x".repeat(400), error: new Error("cut") })).rejects.toThrow("cut");
    expect(cap.spentUsd).toBe(0.0002);
    cap.reserve(0.9998).release();
  });

  it("books nothing for what a vendor refused", async () => {
    const error = new SalesAgentError("model.overloaded", {
      message: "busy",
      facts: { provider: "scripted", modelId: "plan" },
      replay: "safe",
    });
    const cap = createSpendCap({ usd: 1 });
    await expect(call(cap, { error })).rejects.toBe(error);
    expect(cap.spentUsd).toBe(0);
    cap.reserve(1).release();
  });

  it("refuses what could pass it, and a model whose price nobody knows", async () => {
    await expect(call(createSpendCap({ usd: 0.01 }), { text: "ok" })).rejects.toMatchObject({
      code: "budget.exceeded",
      facts: { budget: "spend-cap", limit: 0.01 },
    });
    const { price: _, ...profile } = scriptedModel([]).profile;
    const model = { ...scriptedModel([{ text: "ok" }]), profile };
    const guards = [spendCapGuard(createSpendCap({ usd: 1 }))];
    await expect(guarded(model).stream(REQUEST, { guards }).result()).rejects.toThrow("profile.price");
  });
});
