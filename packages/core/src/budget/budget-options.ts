import type { BudgetAmounts } from "@salesagent/ports";
import { toNanoUsd } from "@salesagent/ports/money";
import { checkOption, checkWhole } from "../resilience/check-option.js";
import { type BudgetPeriod, BudgetWindows, checkPeriod, describePeriod } from "./budget-window.js";

/** What a budget counts by: each run, lead, campaign, agent or tenant has a budget of its own. */
export type BudgetScope = "run" | "lead" | "campaign" | "agent" | "tenant";

/** One cap. Takes at least one of `usd`, `tokens` and `calls`. */
export interface BudgetOptions {
  /**
   * Tells it from others, in errors and in the store: budgets of one name share one count, in all processes. 1–100
   * characters, no `/`.
   *
   * @defaultValue scope and period, such as `tenant per day`
   */
  readonly name?: string;
  /** USD; > 0, at most 9,000,000. */
  readonly usd?: number;
  /** Tokens of input and output together; whole number ≥ 1. */
  readonly tokens?: number;
  /** Attempts at models, retries included; whole number ≥ 1. */
  readonly calls?: number;
  readonly scope: BudgetScope;
  /** When it begins anew. @defaultValue never */
  readonly per?: BudgetPeriod;
}

/** A budget as it is worked with. */
export interface Budget {
  readonly name: string;
  readonly scope: BudgetScope;
  readonly limits: Partial<BudgetAmounts>;
  readonly windows: BudgetWindows;
}

const SCOPES: readonly string[] = ["run", "lead", "campaign", "agent", "tenant"];
/** Up to here a double holds whole nano-dollars. */
const MOST_USD = 9_000_000;
const LEAST_USD = 1e-9;
const NAME = /^[^/\p{Cc}]{1,100}$/u;

/** @throws TypeError or RangeError naming the option that is wrong, such as `budgets[1].usd`. */
export function resolveBudgets(options: readonly BudgetOptions[]): readonly Budget[] {
  if (!Array.isArray(options) || options.length === 0)
    throw new TypeError("budgets must have at least one entry");
  const names = new Set<string>();
  return options.map((option: BudgetOptions, index) => {
    const budget = resolveBudget(option, `budgets[${index}]`);
    if (names.has(budget.name)) {
      throw new TypeError(
        `budgets[${index}].name: two budgets are named "${budget.name}"; give one another name`,
      );
    }
    names.add(budget.name);
    return budget;
  });
}

function resolveBudget({ name, usd, tokens, calls, scope, per }: BudgetOptions, path: string): Budget {
  if (!SCOPES.includes(scope)) {
    throw new TypeError(`${path}.scope must be one of ${SCOPES.join(", ")}, got ${JSON.stringify(scope)}`);
  }
  checkPeriod(`${path}.per`, per);
  if (usd === undefined && tokens === undefined && calls === undefined) {
    throw new TypeError(`${path} limits nothing: give it usd, tokens or calls`);
  }
  if (usd !== undefined) checkUsd(`${path}.usd`, usd);
  if (tokens !== undefined) checkWhole(`${path}.tokens`, tokens, 1);
  if (calls !== undefined) checkWhole(`${path}.calls`, calls, 1);
  if (name !== undefined && (typeof name !== "string" || !NAME.test(name))) {
    throw new TypeError(`${path}.name must be a text of 1 to 100 characters without "/"`);
  }
  return {
    name: name ?? (per === undefined ? scope : `${scope} per ${describePeriod(per)}`),
    scope,
    limits: {
      ...(usd === undefined ? {} : { nanoUsd: toNanoUsd(usd) }),
      ...(tokens === undefined ? {} : { tokens }),
      ...(calls === undefined ? {} : { calls }),
    },
    windows: new BudgetWindows(per),
  };
}

function checkUsd(path: string, usd: number): void {
  checkOption(path, usd, "a number > 0", (value) => value > 0);
  checkOption(
    path,
    usd,
    `a number from ${LEAST_USD} to ${MOST_USD}`,
    (value) => value >= LEAST_USD && value <= MOST_USD,
  );
}
