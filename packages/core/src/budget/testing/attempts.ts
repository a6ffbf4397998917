import { type AttemptPlan, type CallScope, type ModelAttempt, userMessage } from "@salesagent/ports";
import { planAttempt } from "../../model/begin-attempt.js";
import { scriptedModel } from "../../scripted-model/scripted-model.js";

/** USD that one planned attempt can cost at most. */
export const CEILING_USD = 0.5;

/** An attempt that can cost `CEILING_USD` and take 501,000 tokens at most. */
export function samplePlan(scope: CallScope = { tenant: "acme", runId: "r1", agent: "a1" }): AttemptPlan {
  const model = scriptedModel([], { price: { input: 0, output: 1, asOf: "2026-01-01" } });
  const request = { messages: [userMessage("hello")], maxOutputTokens: 500_000 };
  return planAttempt(model, request, { scope }, "first");
}

/** How an attempt ended that cost this much. */
export function sampleAttempt(costUsd: number, change: Partial<ModelAttempt> = {}): ModelAttempt {
  return {
    provider: "scripted",
    modelId: "plan",
    outcome: "completed",
    usage: { inputTokens: 10, outputTokens: 5 },
    costUsd,
    latencyMs: 1,
    ...change,
  };
}
