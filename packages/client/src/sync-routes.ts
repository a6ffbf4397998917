import { type Connection, pathOf } from "./connection.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  CallOptions,
  ConnectionHealth,
  ConnectionStatus,
  DeadLetter,
  SyncConflict,
  SyncMetrics,
  SyncRequest,
  SyncRun,
} from "./responses.js";
import type { JsonValue } from "./stream-event.js";

interface ByConnection {
  readonly connection?: string;
}

/** Syncs with CRMs. */
export interface SyncRoutes {
  /** How each connection stands. */
  status(options?: CallOptions): Promise<Page<ConnectionStatus>>;
  get(connection: string, options?: CallOptions): Promise<ConnectionStatus>;
  /** Runs of a connection, latest first, page by page. */
  history(connection: string, options?: ListOptions): AsyncGenerator<Page<SyncRun>, void, void>;
  run(connection: string, request?: SyncRequest, options?: CallOptions): Promise<JsonValue>;
  /** What a run would write just now; nothing is written. */
  plan(connection: string, request?: SyncRequest, options?: CallOptions): Promise<JsonValue>;
  metrics(options?: CallOptions): Promise<Page<SyncMetrics>>;
  health(options?: CallOptions): Promise<Page<ConnectionHealth>>;
  readonly conflicts: {
    list(options?: ListOptions & ByConnection): AsyncGenerator<Page<SyncConflict>, void, void>;
    resolve(id: string, choice: JsonValue, options?: CallOptions): Promise<void>;
  };
  readonly deadLetters: {
    list(options?: ListOptions & ByConnection): AsyncGenerator<Page<DeadLetter>, void, void>;
    /** Tries it again with the next sync. */
    replay(id: string, options?: CallOptions): Promise<void>;
    /** Gives it up. */
    drop(id: string, options?: CallOptions): Promise<void>;
  };
}

export function syncRoutes(connection: Connection): SyncRoutes {
  const { get, post } = connection;
  return {
    status: (options) => get("/sync", options),
    get: (name, options) => get(pathOf("sync", name), options),
    history: (name, options = {}) => readPages(connection, pathOf("sync", name, "history"), options),
    run: (name, request = {}, options) => post(pathOf("sync", name, "run"), options, request),
    plan: (name, request = {}, options) => post(pathOf("sync", name, "plan"), options, request),
    metrics: (options) => get("/sync/metrics", options),
    health: (options) => get("/sync/health", options),
    conflicts: {
      list: (options = {}) => readPages(connection, "/sync/conflicts", options),
      resolve: (id, choice, options) => post(pathOf("sync", "conflicts", id), options, choice),
    },
    deadLetters: {
      list: (options = {}) => readPages(connection, "/sync/dead-letters", options),
      replay: (id, options) => post(pathOf("sync", "dead-letters", id, "replay"), options),
      drop: (id, options) => post(pathOf("sync", "dead-letters", id, "drop"), options),
    },
  };
}
