import { type Connection, pathOf } from "./connection.js";
import type { FollowOptions } from "./follow-stream.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  AgentDescription,
  Approval,
  ApprovalDecision,
  ApprovalStatus,
  CallOptions,
  InvokeRequest,
  LiveRun,
  RunFilter,
  RunResult,
  RunSummary,
  RunTrace,
  Stopping,
} from "./responses.js";
import type { JsonValue, StreamEvent } from "./stream-event.js";
import type { StreamRoutes } from "./stream-routes.js";

/** The app's agents. */
export interface AgentRoutes {
  list(options?: CallOptions): Promise<Page<AgentDescription>>;
  /** Runs an agent and waits for what comes of it. */
  invoke(agent: string, request: InvokeRequest, options?: CallOptions): Promise<RunResult>;
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
    list(options?: ListOptions & RunFilter): AsyncGenerator<Page<RunSummary>, void, void>;
    get(id: string, options?: CallOptions): Promise<LiveRun>;
    cancel(id: string, options?: CallOptions & { readonly reason?: string }): Promise<Stopping>;
    /** Answers what a run waits for. @param options.name - Which one, where it waits for several. */
    resume(
      id: string,
      answer: JsonValue,
      options?: CallOptions & { readonly name?: string },
    ): Promise<{ readonly name: string }>;
    /** Goes on with a run that failed. @returns The new stream that tells of it. */
    retry(id: string, options?: CallOptions): Promise<{ readonly id: string; readonly streamId: string }>;
    /** Its steps and model calls. */
    trace(id: string, options?: CallOptions): Promise<RunTrace>;
  };
  readonly approvals: {
    list(
      options?: ListOptions & { readonly status?: ApprovalStatus; readonly runId?: string },
    ): AsyncGenerator<Page<Approval>, void, void>;
    get(id: string, options?: CallOptions): Promise<Approval>;
    /** Once; the run goes on. Who decides is whoever the server takes the request to be from. */
    decide(id: string, decision: ApprovalDecision, options?: CallOptions): Promise<Approval>;
  };
}

export function runRoutes(connection: Connection): RunRoutes {
  const { ask } = connection;
  const runOf = (id: string, action?: string) => pathOf("runs", id, ...(action ? [action] : []));
  return {
    runs: {
      list: (options = {}) => readPages(connection, "/runs", options),
      get: (id, { signal } = {}) => ask("GET", runOf(id), { signal }),
      cancel: (id, { signal, ...json } = {}) => ask("POST", runOf(id, "cancel"), { json, signal }),
      resume: (id, answer, { signal, ...name } = {}) =>
        ask("POST", runOf(id, "resume"), { json: { ...name, answer }, signal }),
      retry: (id, { signal } = {}) => ask("POST", runOf(id, "retry"), { signal }),
      trace: (id, { signal } = {}) => ask("GET", runOf(id, "trace"), { signal }),
    },
    approvals: {
      list: (options = {}) => readPages(connection, "/approvals", options),
      get: (id, { signal } = {}) => ask("GET", pathOf("approvals", id), { signal }),
      decide: (id, json, { signal } = {}) => ask("POST", pathOf("approvals", id), { json, signal }),
    },
  };
}
