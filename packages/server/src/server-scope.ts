import { Connections } from "./connections.js";
import { EventFigures } from "./metrics/event-figures.js";
import { RequestFigures } from "./metrics/request-figures.js";
import { QuotaMeter } from "./quota.js";
import { RateLimit } from "./rate-limit.js";
import { Readiness } from "./readiness.js";
import { RefusalLog } from "./refusal-log.js";
import { type ResolvedOptions, resolveOptions, type ServerOptions } from "./server-options.js";
import { StrangerLimit } from "./stranger-limit.js";
import { SyncStreams } from "./sync-streams.js";

/** What all requests of a server share. */
export interface ServerScope extends ResolvedOptions {
  /** Origins other than the server's own whose pages may ask. */
  readonly trusted: ReadonlySet<string>;
  readonly rate: RateLimit;
  readonly strangers: StrangerLimit;
  readonly connections: Connections;
  readonly refusals: RefusalLog;
  readonly quotas: QuotaMeter;
  readonly syncs: SyncStreams;
  readonly readiness: Readiness;
  readonly requests: RequestFigures;
  readonly eventFigures: EventFigures;
}

/** @throws `config.invalid` with the option's path. */
export function openScope(options: ServerOptions): ServerScope {
  const resolved = resolveOptions(options);
  const { sales, clock, createId, limits, onError, cors, quotaPlans, metrics } = resolved;
  const told = (error: unknown) => onError(error, {});
  return {
    ...resolved,
    trusted: cors?.origins ?? new Set(),
    rate: new RateLimit(clock, limits.requestsPerMinute),
    strangers: new StrangerLimit(clock, limits.refusalsPerMinute, { address: resolved, onError: told }),
    connections: new Connections(limits.streamsPerPrincipal),
    refusals: new RefusalLog({
      ...{ storage: sales.storage, clock, createId },
      onError: told,
    }),
    quotas: new QuotaMeter(quotaPlans, clock),
    syncs: new SyncStreams({ sales, clock, createId, onError: told }),
    readiness: new Readiness(sales.storage, clock),
    requests: new RequestFigures(),
    eventFigures: new EventFigures(sales.events, metrics.tenantLabels),
  };
}
