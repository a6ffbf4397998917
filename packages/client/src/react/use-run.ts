import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import type { ClientError } from "../client-error.js";
import type { InvokeRequest } from "../responses.js";
import type { RunView } from "../run-view.js";
import type { JsonValue } from "../stream-event.js";
import { followedRun, idleSnapshot, type RunClient, toClientError } from "./followed-run.js";

/** What a component shows. */
export interface UseRunOptions {
  /** Made once, outside of the component. */
  readonly client: RunClient;
  /** A run that was begun before, by this page or another. */
  readonly streamId?: string | undefined;
  /** Which agent `start` begins a run of. */
  readonly agent?: string | undefined;
}

/** A run as it stands, and what can be done with it. */
export interface RunOfComponent<Output = JsonValue> extends Pick<RunView, "text" | "partial" | "events"> {
  /** As it stands at the end of the run; whether it is of that type, nobody checks. */
  readonly output: Output | undefined;
  /** The run's; `starting` before the server took it in, `lost` where it can't be followed any more though it may go on. */
  readonly status: RunView["status"] | "starting" | "lost";
  /** What ended the run or the following of it, or why it could not be begun or stopped. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** True while a lost connection is being made anew. */
  readonly reconnecting: boolean;
  /** With it another page, or this one after a reload, shows the same run. */
  readonly streamId: string | undefined;
  /** Begins a run, which takes the place of the one that is shown. Never rejects: see `error`. */
  readonly start: (request: InvokeRequest) => Promise<void>;
  /** Asks the run to end; it is `cancelled` when it has. Never rejects: see `error`. */
  readonly stop: () => Promise<void>;
}

type Started =
  | { readonly phase: "none" }
  /** `over` is the `streamId` that it took the place of: another one that the page asks for takes its place in turn. */
  | { readonly phase: "starting" | "failed"; readonly over: string | undefined; readonly error?: ClientError }
  | { readonly phase: "started"; readonly over: string | undefined; readonly id: string };

/**
 * Follows a run while the component is there; the run goes on without it. A component that comes back, with the same client and
 * `streamId`, goes on after the last event that was shown.
 */
export function useRun<Output = JsonValue>({
  client,
  streamId,
  agent,
}: UseRunOptions): RunOfComponent<Output> {
  const [started, setStarted] = useState<Started>({ phase: "none" });
  const [stopFailed, setStopFailed] = useState<{ readonly id: string; readonly error: ClientError }>();
  const starts = useRef({ latest: 0, stopped: 0 });
  const own = started.phase !== "none" && started.over === streamId ? started : undefined;
  const id = own ? (own.phase === "started" ? own.id : undefined) : streamId;

  const subscribe = useCallback(
    (listener: () => void) => (id === undefined ? () => {} : followedRun(client, id).subscribe(listener)),
    [client, id],
  );
  const snapshot = useCallback(
    () => (id === undefined ? idleSnapshot : followedRun(client, id).snapshot()),
    [client, id],
  );
  const { view, lost, reconnecting } = useSyncExternalStore(subscribe, snapshot, () => idleSnapshot);

  const stopRun = useCallback(
    (run: string) =>
      client.streams
        .stop(run)
        .catch((error: unknown) => setStopFailed({ id: run, error: toClientError(error) })),
    [client],
  );
  const start = useCallback<RunOfComponent["start"]>(
    async (request) => {
      if (agent === undefined) throw new TypeError("useRun: `start` needs the option `agent`.");
      const turn = ++starts.current.latest;
      setStarted({ phase: "starting", over: streamId });
      const next = await begin(client, { ...request, agent });
      if (turn === starts.current.latest) setStarted({ ...next, over: streamId });
      if (next.phase === "started" && turn <= starts.current.stopped) await stopRun(next.id);
    },
    [client, agent, streamId, stopRun],
  );
  const stop = useCallback(async () => {
    starts.current.stopped = starts.current.latest; // one that is being begun is stopped as soon as it has an id
    if (id !== undefined) await stopRun(id);
  }, [id, stopRun]);

  const error =
    own?.phase === "failed" ? own.error : (lost ?? (stopFailed?.id === id ? stopFailed?.error : undefined));
  const { text, partial, output, events } = view;
  return {
    ...{ text, partial, events, reconnecting, streamId: id, start, stop },
    output: output as Output | undefined,
    status: statusOf(own, lost, view),
    error: error ? { code: error.code, message: error.message } : view.error,
  };
}

type Begun =
  | { readonly phase: "started"; readonly id: string }
  | { readonly phase: "failed"; readonly error: ClientError };

async function begin(client: RunClient, request: InvokeRequest & { readonly agent: string }): Promise<Begun> {
  try {
    const { id } = await client.streams.start(request);
    return { phase: "started", id };
  } catch (error) {
    return { phase: "failed", error: toClientError(error) };
  }
}

function statusOf(
  own: Started | undefined,
  lost: ClientError | undefined,
  view: RunView,
): RunOfComponent["status"] {
  if (own?.phase === "starting") return "starting";
  if (own?.phase === "failed") return "failed";
  return lost ? "lost" : view.status;
}
