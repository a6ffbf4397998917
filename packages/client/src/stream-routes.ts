import { type Connection, pathOf } from "./connection.js";
import { type FollowOptions, followStream } from "./follow-stream.js";
import type { CallOptions, LiveStream, StartedStream, StartRequest } from "./responses.js";
import type { StreamEvent } from "./stream-event.js";

/** Runs begun to be followed. */
export interface StreamRoutes {
  /** Begins a run; it goes on whether anybody follows it or not. */
  start(request: StartRequest, options?: CallOptions): Promise<StartedStream>;
  get(id: string, options?: CallOptions): Promise<LiveStream>;
  /**
   * Every event once, in order; reconnects by itself. The last event is `end`. Leaving the loop does not stop the run.
   *
   * @throws ClientError when the server refuses it, or can't be reached for too long; the signal's reason.
   */
  follow(id: string, options?: FollowOptions): AsyncGenerator<StreamEvent, void, void>;
  /** Asks the run to end; the stream tells when it has. */
  stop(id: string, reason?: string, options?: CallOptions): Promise<void>;
}

export function streamRoutes(connection: Connection): StreamRoutes {
  return {
    start: (json, { signal } = {}) => connection.ask("POST", "/streams", { json, signal }),
    get: (id, { signal } = {}) => connection.ask("GET", pathOf("streams", id), { signal }),
    follow: (id, options) => followStream(connection, id, options),
    async stop(id, reason = "asked for", { signal } = {}) {
      await connection.ask("POST", pathOf("streams", id, "stop"), { json: { reason }, signal });
    },
  };
}
