import type { Connection, Query } from "./connection.js";
import type { Page } from "./pages.js";
import type { CallOptions, DayRange, RunStats, UsageRow } from "./responses.js";

/** What was used, what it cost and how runs went. */
export interface FigureRoutes {
  /** Sums by day, agent and model. */
  usage(range?: DayRange & CallOptions): Promise<Page<UsageRow>>;
  /** Runs by day and agent: how many, how they ended, how long they took. */
  analytics(range?: DayRange & CallOptions & { readonly agent?: string }): Promise<Page<RunStats>>;
}

export function figureRoutes(connection: Connection): FigureRoutes {
  const read = <T>(path: string, { signal, ...query }: CallOptions & object): Promise<T> =>
    connection.ask<T>("GET", path, { query: query as Query, signal });
  return {
    usage: (range = {}) => read("/usage", { ...range }),
    analytics: (range = {}) => read("/analytics", { ...range }),
  };
}
