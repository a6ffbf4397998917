export type { BudgetOptions, BudgetScope } from "./budget-options.js";
export type { BudgetMeasures, BudgetStatus } from "./budget-status.js";
export type { BudgetPeriod } from "./budget-window.js";
export { type Budgets, type BudgetsOptions, createBudgets } from "./budgets.js";
export { createLedger, type Ledger, type LedgerOptions } from "./ledger.js";
export { withBudget } from "./with-budget.js";
export { withLedger } from "./with-ledger.js";
