import { type Connection, pathOf } from "./connection.js";
import type { FollowOptions } from "./follow-stream.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  AgentDescription,
  Approval,
  CallOptions,
  InvokedRun,
  InvokeRequest,
  RunFilter,
  RunState,
  RunTrace,
} from "./responses.js";
import type { JsonValue, StreamEvent } from "./stream-event.js";
import type { StreamRoutes } from "./stream-routes.js";

/** The app's agents. */
export interface AgentRoutes {
  list(options?: CallOptions): Promise<Page<AgentDescription>>;
  /** Runs an agent and waits for what comes of it. */
  invoke(agent: string, request: InvokeRequest, options?: CallOptions): Promise<InvokedRun>;
  /**
   * Begins a run and follows it, over as many connections as it takes. The last event is `end`.
   *
   * @param options.onStart - Told the id of the run's stream, with which another page can follow it.
   */
  stream(
    agent: string,
    request: InvokeRequest,
    options?: FollowOptions & { readonly onStart?: (id: string) => void },
  ): AsyncGenerator<StreamEvent, void, void>;
}

export function agentRoutes(connection: Connection, streams: StreamRoutes): AgentRoutes {
  return {
    list: ({ signal } = {}) => connection.ask("GET", "/agents", { signal }),
    invoke: (agent, json, { signal } = {}) =>
      connection.ask("POST", pathOf("agents", agent, "invoke"), { json, signal }),
    async *stream(agent, request, { onStart, ...options } = {}) {
      const { id } = await streams.start({ ...request, agent }, options);
      onStart?.(id);
      yield* streams.follow(id, options);
    },
  };
}

/** Runs, and what they wait for. */
export interface RunRoutes {
  readonly runs: {
    /** Latest first, page by page. */
    list(options?: ListOptions & RunFilter): AsyncGenerator<Page<RunState>, void, void>;
    get(id: string, options?: CallOptions): Promise<RunState>;
    cancel(id: string, reason?: string, options?: CallOptions): Promise<void>;
    /** Answers what a run waits for. */
    resume(id: string, answer: JsonValue, options?: CallOptions & { readonly name?: string }): Promise<void>;
    /** Its steps and model calls. */
    trace(id: string, options?: CallOptions): Promise<RunTrace>;
  };
  readonly approvals: {
    list(options?: ListOptions & { readonly status?: string }): AsyncGenerator<Page<Approval>, void, void>;
    /** Who decides is whoever the server takes the request to be from. */
    decide(
      id: string,
      decision: "approved" | "rejected",
      options?: CallOptions & { readonly note?: string },
    ): Promise<Approval>;
  };
}

export function runRoutes(connection: Connection): RunRoutes {
  return {
    runs: {
      list: (options = {}) => readPages(connection, "/runs", options),
      get: (id, { signal } = {}) => connection.ask("GET", pathOf("runs", id), { signal }),
      async cancel(id, reason = "asked for", { signal } = {}) {
        await connection.ask("POST", pathOf("runs", id, "cancel"), { json: { reason }, signal });
      },
      async resume(id, answer, { signal, name } = {}) {
        await connection.ask("POST", pathOf("runs", id, "resume"), { json: { name, answer }, signal });
      },
      trace: (id, { signal } = {}) => connection.ask("GET", pathOf("runs", id, "trace"), { signal }),
    },
    approvals: {
      list: (options = {}) => readPages(connection, "/approvals", options),
      decide: (id, decision, { signal, note } = {}) =>
        connection.ask("POST", pathOf("approvals", id), { json: { decision, note }, signal }),
    },
  };
}
