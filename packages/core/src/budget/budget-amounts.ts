import type { AttemptPlan, BudgetAmounts, ModelAttempt } from "@salesagent/ports";
import { wasRefused } from "../model/begin-attempt.js";
import { priceUnknown } from "./budget-errors.js";
import type { Budget } from "./budget-options.js";
import { isCost } from "./model-call-record.js";

/** Nothing was used. */
export const NOTHING: BudgetAmounts = { nanoUsd: 0, tokens: 0, calls: 0 };

/**
 * The most that an attempt can take.
 *
 * @param usdBudget - One that is in USD, where there is one.
 * @throws `budget.exceeded` when the model's price is unknown and a budget is in USD.
 */
export function mostOf(plan: AttemptPlan, usdBudget: Budget | undefined): BudgetAmounts {
  const { costUsd, tokens } = plan.ceiling();
  if (costUsd !== undefined) return { nanoUsd: nanoUsdAbove(costUsd), tokens, calls: 1 };
  if (usdBudget) throw priceUnknown(usdBudget, plan);
  return { nanoUsd: 0, tokens, calls: 1 };
}

/** What an attempt took. What nobody knows counts as the most that it can be. */
export function usedBy(attempt: ModelAttempt, reserved: BudgetAmounts): BudgetAmounts {
  if (wasRefused(attempt)) return NOTHING;
  const { costUsd } = attempt;
  const nanoUsd = isCost(costUsd) ? nanoUsdAbove(costUsd) : reserved.nanoUsd;
  return { nanoUsd, tokens: tokensOf(attempt) ?? reserved.tokens, calls: 1 };
}

function tokensOf({ usage: { inputTokens, outputTokens }, costUsd }: ModelAttempt): number | undefined {
  if (inputTokens !== undefined && outputTokens !== undefined) {
    const tokens = Math.ceil(inputTokens + outputTokens);
    return tokens >= 0 && Number.isSafeInteger(tokens) ? tokens : undefined;
  }
  // The vendor refused before it did any work: nothing was counted since there was nothing to count.
  return inputTokens === undefined && outputTokens === undefined && costUsd === 0 ? 0 : undefined;
}

/** Whole nano-dollars, rounded up; a thousandth of one is noise of the binary fraction, not cost. */
function nanoUsdAbove(usd: number): number {
  return Math.max(0, Math.ceil(usd * 1e9 - 0.001));
}
