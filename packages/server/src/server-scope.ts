import { Connections } from "./connections.js";
import { RateLimit } from "./rate-limit.js";
import { RefusalLog } from "./refusal-log.js";
import { type ResolvedOptions, resolveOptions, type ServerOptions } from "./server-options.js";

/** What all requests of a server share. */
export interface ServerScope extends ResolvedOptions {
  /** Origins other than the server's own whose pages may ask. */
  readonly trusted: ReadonlySet<string>;
  readonly rate: RateLimit;
  readonly connections: Connections;
  readonly refusals: RefusalLog;
}

/** @throws `config.invalid` with the option's path. */
export function openScope(options: ServerOptions): ServerScope {
  const resolved = resolveOptions(options);
  const { sales, clock, createId, limits, onError, cors } = resolved;
  return {
    ...resolved,
    trusted: cors?.origins ?? new Set(),
    rate: new RateLimit(clock, limits.requestsPerMinute),
    connections: new Connections(limits.streamsPerPrincipal),
    refusals: new RefusalLog({
      ...{ storage: sales.storage, clock, createId },
      onError: (error) => onError(error, {}),
    }),
  };
}
