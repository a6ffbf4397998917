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
import { WorkLine } from "./work-line.js";

/** What all requests of a server share. */
export interface ServerScope extends ResolvedOptions {
  /** Origins other than the server's own whose pages may ask. */
  readonly trusted: ReadonlySet<string>;
  readonly rate: RateLimit;
  readonly strangers: StrangerLimit;
  /** Handlers of routes under the server's own time limit. */
  readonly work: WorkLine;
  /** Handlers of routes that wait for models, or stream. */
  readonly longWork: WorkLine;
  readonly connections: Connections;
  readonly refusals: RefusalLog;
  readonly quotas: QuotaMeter;
  readonly syncs: SyncStreams;
  readonly readiness: Readiness;
  readonly requests: RequestFigures;
  readonly eventFigures: EventFigures;
}

/** Most of its time it waits for others, and asks the storage of nothing. */
const LONG_WORK = 10;

/** @throws `config.invalid` with the option's path. */
export function openScope(options: ServerOptions): ServerScope {
  const resolved = resolveOptions(options);
  const { sales, clock, createId, limits, onError, cors, quotaPlans, metrics } = resolved;
  const told = (error: unknown) => onError(error, {});
  const line = { clock, mostWaiting: limits.waiting, waitMs: limits.waitMs, onError: told };
  return {
    ...resolved,
    trusted: cors?.origins ?? new Set(),
    rate: new RateLimit(clock, limits.requestsPerMinute),
    strangers: new StrangerLimit(clock, limits.refusalsPerMinute, { address: resolved, onError: told }),
    work: new WorkLine({ ...line, most: limits.inFlight }),
    longWork: new WorkLine({ ...line, most: limits.inFlight * LONG_WORK }),
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
