import { type Connection, pathOf } from "./connection.js";
import type { FollowOptions } from "./follow-stream.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type {
  AgentDescription,
  Approval,
  ApprovalDecision,
  ApprovalStatus,
  CallOptions,
  InvokeAndWait,
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
  list(options?: CallOptions): Promise<{ readonly items: readonly AgentDescription[] }>;
  /** Runs an agent and waits for what comes of it; `running` where the wait was over first. */
  invoke(agent: string, request: InvokeAndWait, options?: CallOptions): Promise<RunResult>;
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

export function agentRoutes({ get, post }: Connection, streams: StreamRoutes): AgentRoutes {
  return {
    list: (options) => get("/agents", options),
    invoke: (agent, request, options) => post(pathOf("agents", agent, "invoke"), options, request),
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
  const { get, post } = connection;
  return {
    runs: {
      list: (options = {}) => readPages(connection, "/runs", options),
      get: (id, options) => get(pathOf("runs", id), options),
      cancel: (id, { signal, ...reason } = {}) => post(pathOf("runs", id, "cancel"), { signal }, reason),
      resume: (id, answer, { signal, ...name } = {}) =>
        post(pathOf("runs", id, "resume"), { signal }, { ...name, answer }),
      retry: (id, options) => post(pathOf("runs", id, "retry"), options),
      trace: (id, options) => get(pathOf("runs", id, "trace"), options),
    },
    approvals: {
      list: (options = {}) => readPages(connection, "/approvals", options),
      get: (id, options) => get(pathOf("approvals", id), options),
      decide: (id, decision, options) => post(pathOf("approvals", id), options, decision),
    },
  };
}
