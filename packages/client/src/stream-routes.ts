import { type Connection, pathOf } from "./connection.js";
import { type FollowOptions, followStream } from "./follow-stream.js";
import { type ListOptions, type Page, readPages } from "./pages.js";
import type { CallOptions, LiveStream, StartRequest, Stopping, StreamFilter } from "./responses.js";
import type { StreamEvent } from "./stream-event.js";

/** Runs that are followed while they go on. */
export interface StreamRoutes {
  /** Begins a run; it goes on whether anybody follows it or not. @returns The run's id, which is its stream's too. */
  start(request: StartRequest, options?: CallOptions): Promise<{ readonly id: string }>;
  /** Latest first, page by page. */
  list(options?: ListOptions & StreamFilter): AsyncGenerator<Page<LiveStream>, void, void>;
  get(id: string, options?: CallOptions): Promise<LiveStream>;
  /**
   * Every event once, in order; reconnects by itself. The last event is `end`. Leaving the loop does not stop the run.
   *
   * @throws ClientError when the server refuses it, or can't be reached for too long; the signal's reason.
   */
  follow(id: string, options?: FollowOptions): AsyncGenerator<StreamEvent, void, void>;
  /** Asks the run to end; its stream tells when it has. */
  stop(id: string, options?: CallOptions & { readonly reason?: string }): Promise<Stopping>;
}

export function streamRoutes(connection: Connection): StreamRoutes {
  const { get, post } = connection;
  return {
    start: (request, options) => post("/streams", options, request),
    list: (options = {}) => readPages(connection, "/streams", options),
    get: (id, options) => get(pathOf("streams", id), options),
    follow: (id, options) => followStream(connection, id, options),
    stop: (id, { signal, ...reason } = {}) => post(pathOf("streams", id, "stop"), { signal }, reason),
  };
}
