import type { JsonValue, StandardSchema } from "@salesagent/ports";

/** How somebody is asked. */
export interface InterruptOptions<Answer> {
  /** Checks the answer, without waiting. One that does not fit is refused, and the run waits on. */
  readonly schema?: StandardSchema<unknown, Answer> | undefined;
  /** Under which the answer is delivered: unique in the run; 1–400 characters. @defaultValue made of the task and its question */
  readonly name?: string | undefined;
  /** When it stops waiting, ISO 8601 in UTC: the same whenever the node runs again. @defaultValue never */
  readonly until?: string | undefined;
}

/** What a node is given beside its input. Its methods are called on it: `ctx.step(…)`. */
export interface NodeContext {
  readonly runId: string;
  readonly tenant: string | undefined;
  readonly graph: string;
  readonly node: string;
  /**
   * Names this task in its run, such as `3/mail/0`: the same in every try, after every wait and in every process, and another
   * for every other task, also of sub-graphs and of nodes that are sent several payloads.
   */
  readonly taskKey: string;
  /**
   * Rises whenever a process takes the run on; absent where none but this one can have it. Whatever is told the fence can refuse a
   * process that has lost the run.
   */
  readonly fence?: number | undefined;
  /** The number of the superstep, from 1 on. */
  readonly superstep: number;
  /** The number of the try, from 1 on. */
  readonly attempt: number;
  /** Aborts when the run is stopped or left, and when the node's time is over. */
  readonly signal: AbortSignal;
  /**
   * Does something once: its result is remembered, and given instead when the node runs again, in a retry, after a wait or in
   * another process after a crash. A crash between doing and remembering repeats it; what must not happen twice goes through
   * the effect ledger.
   *
   * @param name - Unique in the node; 1–200 characters that don't begin with ":".
   * @param work - Its result is JSON; nothing counts as null.
   * @throws SalesAgentError `graph.step_conflict` for a name that was used; what `work` throws, which is not remembered.
   */
  step<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  /** What a step came to that is done; nothing for one that is not. For work that `step` can't hold, as the other half of `remember`. */
  recall(name: string): JsonValue | undefined;
  /** Remembers what a step came to. A name is remembered once in a task, by `step` or by this. @throws As `step`. */
  remember(name: string, value: JsonValue): Promise<void>;
  /**
   * Asks somebody, and ends the node until the answer is there; then the node runs again from its beginning, its steps are
   * remembered, and this call gives the answer. Several in one node are told apart by their order.
   *
   * @param payload - What is asked; JSON.
   * @returns The answer; nothing when the time of `until` came first.
   */
  interrupt<Answer = JsonValue>(
    payload: JsonValue,
    options: InterruptOptions<Answer> & { readonly until: string },
  ): Answer | undefined;
  interrupt<Answer = JsonValue>(payload: JsonValue, options?: InterruptOptions<Answer>): Answer;
  /** Ends the node until the time is over, without a timer; steps before it are remembered. */
  sleep(durationMs: number): Promise<void>;
  /**
   * Ends the node until an event of this name was delivered to the run. An event is taken by one wait.
   *
   * @param options.timeoutMs - Waits no longer, and gives `undefined`.
   */
  waitFor<Payload = JsonValue>(
    name: string,
    options: { readonly timeoutMs: number },
  ): Promise<Payload | undefined>;
  waitFor<Payload = JsonValue>(name: string): Promise<Payload>;
  /** Tells whoever reads the run's stream. */
  emit(data: JsonValue): void;
}
