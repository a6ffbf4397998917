import { ClientError } from "../client-error.js";
import { emptyRunView, type RunView, runView } from "../run-view.js";
import type { StreamRoutes } from "../stream-routes.js";

/** The part of a client that a hook needs. */
export interface RunClient {
  readonly streams: Pick<StreamRoutes, "start" | "follow" | "stop">;
}

/** A run as a page sees it; a new one with each change. */
export interface RunSnapshot {
  readonly view: RunView;
  /** Why it can't be followed any more, though the run may go on. */
  readonly lost?: ClientError;
  /** True while a lost connection is being made anew. */
  readonly reconnecting: boolean;
}

export const idleSnapshot: RunSnapshot = { view: emptyRunView, reconnecting: false };

/** One stream, followed once for all components that show it, and only while one does. */
export interface FollowedRun {
  subscribe(listener: () => void): () => void;
  snapshot(): RunSnapshot;
}

/** Streams that a client keeps the views of, so that a component that comes back goes on where it was. */
const KEPT_RUNS = 50;
const runsOfClients = new WeakMap<RunClient, Map<string, FollowedRun>>();

/** The run of a stream; the same one for the same client and id, while it is among the latest. */
export function followedRun(client: RunClient, id: string): FollowedRun {
  const runs = runsOfClients.get(client) ?? new Map<string, FollowedRun>();
  runsOfClients.set(client, runs);
  const known = runs.get(id);
  const run = known ?? followRun(client, id);
  if (known) runs.delete(id);
  runs.set(id, run);
  const [oldest] = runs.keys();
  if (runs.size > KEPT_RUNS && oldest !== undefined) runs.delete(oldest);
  return run;
}

function followRun({ streams }: RunClient, id: string): FollowedRun {
  const listeners = new Set<() => void>();
  let state = idleSnapshot;
  let reading: AbortController | undefined;
  let telling = false;

  const change = (next: RunSnapshot) => {
    state = next;
    if (telling) return;
    telling = true;
    // What comes in one piece is read before the next macrotask: it is shown once, not event by event.
    setTimeout(() => {
      telling = false;
      for (const listener of [...listeners]) listener();
    });
  };
  const read = async (controller: AbortController) => {
    const { signal } = controller;
    const follow = {
      after: state.view.seq,
      signal,
      onConnection: ({ status }: { readonly status: "open" | "waiting" }) => {
        const reconnecting = status === "waiting";
        if (!signal.aborted && reconnecting !== state.reconnecting) change({ ...state, reconnecting });
      },
    };
    try {
      for await (const event of streams.follow(id, follow)) {
        if (signal.aborted) return;
        change({ view: runView(state.view, event), reconnecting: false });
      }
    } catch (error) {
      if (!signal.aborted) change({ view: state.view, lost: toClientError(error), reconnecting: false });
    } finally {
      if (reading === controller) reading = undefined;
    }
  };
  const begin = () => {
    if (reading || listeners.size === 0 || isOver(state.view)) return;
    if (state.lost) change({ view: state.view, reconnecting: true });
    reading = new AbortController();
    void read(reading);
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      // Not at once: StrictMode leaves and comes back, and one connection is enough.
      queueMicrotask(begin);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        reading?.abort();
        reading = undefined;
      };
    },
    snapshot: () => state,
  };
}

function isOver({ status }: RunView): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export function toClientError(error: unknown): ClientError {
  if (ClientError.is(error)) return error;
  return new ClientError({ code: "client.failed", detail: "The client failed." }, error);
}
