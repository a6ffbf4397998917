import { type Connection, pathOf } from "./connection.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  BegunSync,
  CallOptions,
  ConflictChoice,
  ConnectionStatus,
  DeadLetter,
  DependencyHealth,
  RecordKind,
  ReviewFilter,
  SyncConflict,
  SyncMetrics,
  SyncPlan,
  SyncRequest,
  SyncRun,
} from "./responses.js";

interface All<Item> {
  readonly items: readonly Item[];
}

/** Syncs with CRMs. */
export interface SyncRoutes {
  /** How each connection stands. */
  status(options?: CallOptions): Promise<All<ConnectionStatus>>;
  get(connection: string, options?: CallOptions): Promise<ConnectionStatus>;
  /** Runs of a connection, latest first, page by page. */
  history(
    connection: string,
    options?: ListOptions & { readonly status?: SyncRun["status"] },
  ): AsyncGenerator<Page<SyncRun>, void, void>;
  /** Begins a sync, which `streams.follow` tells of. */
  run(connection: string, request?: SyncRequest, options?: CallOptions): Promise<BegunSync>;
  /** What a run would write just now; nothing is written. @param request.limit - @defaultValue 200 */
  plan(
    connection: string,
    request?: SyncRequest & { readonly limit?: number },
    options?: CallOptions,
  ): Promise<SyncPlan>;
  /** Says that the removals that wait now may be made. */
  allowRemovals(
    connection: string,
    kind: RecordKind,
    options?: CallOptions,
  ): Promise<{ readonly removals: number }>;
  /** @param options.since - ISO 8601 in UTC. @defaultValue 30 days ago */
  metrics(options?: CallOptions & { readonly since?: string }): Promise<All<SyncMetrics>>;
  health(options?: CallOptions): Promise<All<DependencyHealth>>;
  readonly conflicts: {
    list(
      options?: ListOptions & ReviewFilter & { readonly status?: SyncConflict["status"] },
    ): AsyncGenerator<Page<SyncConflict>, void, void>;
    get(id: string, options?: CallOptions): Promise<SyncConflict>;
    /** The next sync carries it over. */
    resolve(id: string, choice: ConflictChoice, options?: CallOptions): Promise<SyncConflict>;
  };
  readonly deadLetters: {
    list(
      options?: ListOptions & ReviewFilter & { readonly status?: DeadLetter["status"] },
    ): AsyncGenerator<Page<DeadLetter>, void, void>;
    get(id: string, options?: CallOptions): Promise<DeadLetter>;
    /** Tries it again with the next sync. */
    replay(id: string, options?: CallOptions): Promise<DeadLetter>;
    /** Gives it up. */
    drop(id: string, options?: CallOptions): Promise<DeadLetter>;
  };
}

export function syncRoutes(connection: Connection): SyncRoutes {
  const { get, post } = connection;
  const conflict = (id: string) => pathOf("sync", "conflicts", id);
  const letter = (...rest: readonly string[]) => pathOf("sync", "dead-letters", ...rest);
  return {
    status: (options) => get("/sync", options),
    get: (name, options) => get(pathOf("sync", name), options),
    history: (name, options = {}) => readPages(connection, pathOf("sync", name, "history"), options),
    run: (name, request = {}, options) => post(pathOf("sync", name, "run"), options, request),
    plan: (name, request = {}, options) => post(pathOf("sync", name, "plan"), options, request),
    allowRemovals: (name, kind, options) => post(pathOf("sync", name, "allow-removals"), options, { kind }),
    metrics: ({ signal, ...since } = {}) => get("/sync/metrics", { signal }, since),
    health: (options) => get("/sync/health", options),
    conflicts: {
      list: (options = {}) => readPages(connection, "/sync/conflicts", options),
      get: (id, options) => get(conflict(id), options),
      resolve: (id, choice, options) => post(conflict(id), options, choice),
    },
    deadLetters: {
      list: (options = {}) => readPages(connection, "/sync/dead-letters", options),
      get: (id, options) => get(letter(id), options),
      replay: (id, options) => post(letter(id, "replay"), options),
      drop: (id, options) => post(letter(id, "drop"), options),
    },
  };
}
