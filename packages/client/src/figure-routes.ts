import type { Connection } from "./connection.js";
import type { Page } from "./pages.js";
import type { CallOptions, DayRange, RunStats, UsageRow } from "./responses.js";

/** What was used, what it cost and how runs went. */
export interface FigureRoutes {
  /** Sums by day, agent and model. */
  usage(range?: DayRange & CallOptions): Promise<Page<UsageRow>>;
  /** Runs by day and agent: how many, how they ended, how long they took. */
  analytics(range?: DayRange & CallOptions & { readonly agent?: string }): Promise<Page<RunStats>>;
}

export function figureRoutes({ get }: Connection): FigureRoutes {
  return {
    usage: ({ signal, ...range } = {}) => get("/usage", { signal }, range),
    analytics: ({ signal, ...range } = {}) => get("/analytics", { signal }, range),
  };
}
