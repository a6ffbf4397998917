import { type AttemptGuard, type AttemptPlan, SalesAgentError } from "@salesagent/ports";
import type { SpendCap } from "./spend-cap.js";

/**
 * Holds attempts at models to a cap: each sets the most that it can cost aside, and books what it did cost when it is over. A
 * cost that nobody knows is booked as the most that it can be.
 */
export function spendCapGuard(cap: SpendCap): AttemptGuard {
  return {
    begin(plan) {
      const reservation = cap.reserve(plan.ceiling().costUsd ?? unknownPrice(cap, plan));
      return { end: ({ costUsd }) => reservation.settle(costUsd) };
    },
  };
}

/** A cap can't be held with a model whose price nobody knows. */
function unknownPrice({ limitUsd, spentUsd }: SpendCap, { provider, modelId }: AttemptPlan): never {
  throw new SalesAgentError("budget.exceeded", {
    message: `The price of ${provider}/${modelId} is unknown, so the cap of $${limitUsd} can't be held. Give the model a \`profile.price\`.`,
    facts: { budget: "spend-cap", measure: "usd", limit: limitUsd, spent: spentUsd, held: 0 },
    replay: "safe",
  });
}
