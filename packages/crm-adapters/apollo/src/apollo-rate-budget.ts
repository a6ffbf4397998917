import { createRateBudget, type RateBudget } from "@salesagent/core/http";
import type { Clock, RateBudgetStore } from "@salesagent/ports";

/** How often Apollo is called. */
export interface ApolloRateBudgetOptions {
  /** Names the key, never itself; who gives the same name and store shares the limit. @defaultValue "apollo" */
  readonly name?: string | undefined;
  /** Calls an hour; what the plan allows for one endpoint. Lower limits that Apollo tells are kept to as well. @defaultValue 600 */
  readonly callsPerHour?: number | undefined;
  /** Shares the limit with other processes. @defaultValue this process keeps it */
  readonly store?: RateBudgetStore | undefined;
  /** @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}

/** The rate limits of one key, for all who use it. */
export function apolloRateBudget(options: ApolloRateBudgetOptions = {}): RateBudget {
  const { name = "apollo", callsPerHour = 600, store, clock } = options;
  const hour = { name: "hour", limit: callsPerHour, windowMs: 3_600_000, told: "hour" };
  return createRateBudget({ name, windows: [hour], store, clock });
}
