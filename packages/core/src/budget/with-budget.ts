import type { Clock, LanguageModel } from "@salesagent/ports";
import { withGuard } from "../model/with-guard.js";
import type { Budgets } from "./budgets.js";

/**
 * The same model, within budgets: an attempt that could pass one is refused with `budget.exceeded` before it is made. Around a
 * router it holds for each attempt of the router's.
 *
 * @param clock - @defaultValue the machine's clock
 */
export function withBudget(model: LanguageModel, budgets: Budgets, clock?: Clock): LanguageModel {
  return withGuard(model, budgets, clock);
}
