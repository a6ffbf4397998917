import type { Connection } from "./connection.js";
import type { Analytics, CallOptions, DayRange, Usage, UsageDimension } from "./responses.js";

/** What was used, what it cost and how runs went. */
export interface FigureRoutes {
  /** @param options.by - @defaultValue day, agent, provider and model */
  usage(options?: DayRange & CallOptions & { readonly by?: readonly UsageDimension[] }): Promise<Usage>;
  /** Runs by day and agent: how many, how they ended, how long they took. */
  analytics(options?: DayRange & CallOptions & { readonly agent?: string }): Promise<Analytics>;
}

export function figureRoutes({ get }: Connection): FigureRoutes {
  return {
    usage: ({ signal, by, ...range } = {}) => get("/usage", { signal }, { ...range, by: by?.join() }),
    analytics: ({ signal, ...range } = {}) => get("/analytics", { signal }, range),
  };
}
