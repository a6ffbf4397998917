import {
  type AttemptPlan,
  type BudgetAmounts,
  type BudgetFacts,
  type BudgetOutcome,
  SalesAgentError,
} from "@salesagent/ports";
import { fromNanoUsd } from "@salesagent/ports/money";
import type { Budget } from "./budget-options.js";

type Refusal = Extract<BudgetOutcome, { granted: false }>["refused"];

/** The next attempt does not fit under a budget any more. */
export function budgetExceeded(
  { name }: Budget,
  endsAt: string | undefined,
  { measure, limit, spent, held }: Refusal,
  wanted: BudgetAmounts,
): SalesAgentError<"budget.exceeded"> {
  const facts: BudgetFacts = {
    budget: name,
    measure: measure === "nanoUsd" ? "usd" : measure,
    limit: toUnit(measure, limit),
    spent: toUnit(measure, spent[measure]),
    held: toUnit(measure, held[measure]),
    wanted: toUnit(measure, wanted[measure]),
    ...(endsAt === undefined ? {} : { resetsAt: endsAt }),
  };
  const text = (amount: number) => (measure === "nanoUsd" ? `$${amount}` : `${amount} ${measure}`);
  const later = endsAt === undefined ? "" : `, or wait until ${endsAt}`;
  return new SalesAgentError("budget.exceeded", {
    message: `The budget "${name}" of ${text(facts.limit)} has no room for the next model call, which could take ${text(facts.wanted ?? 0)}: ${text(facts.spent)} are spent, and ${text(facts.held)} are set aside for running calls. Raise the budget, limit the output of calls${later}.`,
    facts,
    replay: "safe",
  });
}

/** A budget in USD can't be held with a model whose price nobody knows. */
export function priceUnknown(
  { name, limits }: Budget,
  { provider, modelId }: AttemptPlan,
): SalesAgentError<"budget.exceeded"> {
  const limit = fromNanoUsd(limits.nanoUsd ?? 0);
  return new SalesAgentError("budget.exceeded", {
    message: `The price of ${provider}/${modelId} is unknown, so the budget "${name}" of $${limit} can't be held. Give the model a \`profile.price\`.`,
    facts: { budget: name, measure: "usd", limit, spent: 0, held: 0 },
    replay: "safe",
  });
}

/** A call does not name what a budget, or the ledger, counts by. */
export function unscoped(budget: string, scope: string): SalesAgentError<"budget.unscoped"> {
  return new SalesAgentError("budget.unscoped", {
    message: `The budget "${budget}" counts by ${scope}, which the call does not name. Pass \`scope\` with it in the call's options.`,
    facts: { budget, scope },
    replay: "safe",
  });
}

/** Nano-dollars as USD; tokens and calls as they are. */
export function toUnit(measure: keyof BudgetAmounts, amount: number): number {
  return measure === "nanoUsd" ? fromNanoUsd(amount) : amount;
}
