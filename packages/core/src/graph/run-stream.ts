import { EventStream } from "@salesagent/ports";
import type { GraphEvent } from "./graph-event.js";
import type { GraphStream, RunOutcome, StreamMode } from "./graph-runs.js";

/** What drives a run for a stream. */
export interface StreamedRun {
  readonly emit: (event: GraphEvent) => void;
  /** Waits until the reader wants more: a run is at most one superstep ahead. */
  readonly pause: () => Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/**
 * A run as a stream of events.
 *
 * @param run - Is called at the first read.
 */
export function runStream<State, Update>(
  mode: StreamMode | readonly StreamMode[] = "events",
  caller: AbortSignal | undefined,
  run: (streamed: StreamedRun) => Promise<unknown>,
): GraphStream<State, Update> {
  const wanted = wantedBy(typeof mode === "string" ? [mode] : mode);
  return new EventStream<GraphEvent<State, Update>, RunOutcome<State>>(
    ({ signal }) => {
      const queue = new EventQueue<GraphEvent<State, Update>>();
      const emit = (event: GraphEvent) => {
        if (wanted(event)) queue.push(event as GraphEvent<State, Update>);
      };
      run({ emit, pause: () => queue.drained(), signal }).then(
        () => queue.end(),
        (error: unknown) => queue.end({ error }),
      );
      return queue;
    },
    { push: outcomeOf, cut: () => new Error("The run ended without an outcome.") },
    caller,
  );
}

const MODES: Readonly<Record<StreamMode, (event: GraphEvent) => boolean>> = {
  values: ({ type, path }) => type === "state" && path.length === 0,
  updates: ({ type, path }) => type === "node-finished" && path.length === 0,
  custom: ({ type }) => type === "custom",
  events: () => true,
};

function wantedBy(modes: readonly StreamMode[]): (event: GraphEvent) => boolean {
  for (const mode of modes) {
    if (!Object.hasOwn(MODES, mode)) throw new TypeError(`stream.mode: there is no mode "${mode}"`);
  }
  return (event) => isLast(event) || modes.some((mode) => MODES[mode](event));
}

const isLast = ({ type }: GraphEvent): boolean => type === "run-completed" || type === "interrupted";

function outcomeOf<State, Update>(
  event: GraphEvent<State, Update>,
): { readonly result: RunOutcome<State> } | undefined {
  const { runId } = event;
  if (event.type === "run-completed") return { result: { status: "completed", runId, state: event.state } };
  if (event.type !== "interrupted") return undefined;
  return { result: { status: "waiting", runId, state: event.state, on: event.on } };
}

/** Events on their way from a run to its reader. */
class EventQueue<Event> implements AsyncIterator<readonly Event[], void, void> {
  #events: Event[] = [];
  #ended: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;
  #resume: (() => void) | undefined;

  push(event: Event): void {
    this.#events.push(event);
    this.#wake?.();
  }

  end(how: { readonly error?: unknown } = {}): void {
    this.#ended = how;
    this.#wake?.();
  }

  /** Nothing when the reader has taken all there is. */
  drained(): Promise<void> | undefined {
    if (this.#events.length === 0) return undefined;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  async next(): Promise<IteratorResult<readonly Event[], void>> {
    if (this.#events.length === 0 && !this.#ended) {
      this.#resume?.();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#events.length > 0) {
      const value = this.#events;
      this.#events = [];
      return { done: false, value };
    }
    if (this.#ended && "error" in this.#ended) throw this.#ended.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<readonly Event[], void>> {
    this.#events = [];
    this.#resume?.();
    return { done: true, value: undefined };
  }
}
