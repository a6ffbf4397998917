import type { BudgetAmounts, BudgetLine } from "@salesagent/ports";
import { NOTHING } from "./budget-amounts.js";
import { toUnit } from "./budget-errors.js";
import type { Budget, BudgetScope } from "./budget-options.js";
import type { BudgetWindow } from "./budget-window.js";

/** Amounts of a budget; `usd` in USD. */
export interface BudgetMeasures {
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

/** How one budget stands. */
export interface BudgetStatus {
  readonly name: string;
  readonly scope: BudgetScope;
  /** The run, lead, campaign, agent or tenant. */
  readonly subject: string;
  /** The most of each measure that is capped. */
  readonly limits: Partial<BudgetMeasures>;
  readonly spent: BudgetMeasures;
  /** Set aside for calls that are running. */
  readonly held: BudgetMeasures;
  /** What is neither spent nor held, of each measure that is capped; at least 0. */
  readonly left: Partial<BudgetMeasures>;
  /** When the budget begins anew, ISO 8601 in UTC. Absent for one that never does. */
  readonly resetsAt?: string;
}

const MEASURES = ["nanoUsd", "tokens", "calls"] as const satisfies readonly (keyof BudgetAmounts)[];

/** @param line - Absent where nothing was ever counted. */
export function toStatus(
  { name, scope, limits }: Budget,
  subject: string,
  { endsAt }: BudgetWindow,
  { spent, held }: Pick<BudgetLine, "spent" | "held"> = { spent: NOTHING, held: NOTHING },
): BudgetStatus {
  const left: { -readonly [Measure in keyof BudgetAmounts]?: number } = {};
  for (const measure of MEASURES) {
    const limit = limits[measure];
    if (limit !== undefined) left[measure] = Math.max(0, limit - spent[measure] - held[measure]);
  }
  return {
    ...{ name, scope, subject },
    limits: toMeasures(limits),
    spent: toAllMeasures(spent),
    held: toAllMeasures(held),
    left: toMeasures(left),
    ...(endsAt === undefined ? {} : { resetsAt: endsAt }),
  };
}

function toAllMeasures({ nanoUsd, tokens, calls }: BudgetAmounts): BudgetMeasures {
  return { usd: toUnit("nanoUsd", nanoUsd), tokens, calls };
}

function toMeasures({ nanoUsd, tokens, calls }: Partial<BudgetAmounts>): Partial<BudgetMeasures> {
  return {
    ...(nanoUsd === undefined ? {} : { usd: toUnit("nanoUsd", nanoUsd) }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(calls === undefined ? {} : { calls }),
  };
}
