import {
  type EventSource,
  EventStream,
  SalesAgentError,
  type StreamControl,
  type TextDeltaEvent,
} from "@salesagent/ports";
import { type TextStreamOptions, withdrawnText } from "../model/text-stream.js";
import type { RunCompletedEvent, RunSummary } from "./run-event.js";

/** A run's output and what it took. */
export interface RunResult<Output> {
  readonly output: Output;
  readonly summary: RunSummary;
}

/** Any event of a run, for code that looks only at its kind. */
export interface AnyEvent {
  readonly type: string;
}

/**
 * One execution of an agent. Nothing happens before it is read: by iteration, by `textStream()`, by `toSSE()`, or by asking
 * for its `output()`, which reads it to its end when nobody else does. One reader; `break` cancels the run.
 */
export class Run<Output, Event extends AnyEvent> implements AsyncIterable<Event> {
  readonly id: string;
  readonly #stream: EventStream<Event, RunResult<Output>>;
  readonly #settled: () => Promise<void>;
  #output: Promise<Output> | undefined;
  #read = false;

  /**
   * Made by an agent's `run`.
   *
   * @param settled - Resolves when a run that was begun has written its last record.
   */
  constructor(
    id: string,
    open: (control: StreamControl) => EventSource<Event>,
    settled: () => Promise<void>,
    caller: AbortSignal | undefined,
  ) {
    this.id = id;
    this.#settled = settled;
    this.#stream = new EventStream<Event, RunResult<Output>>(
      open,
      {
        push(event) {
          if (!isCompleted<Output>(event)) return undefined;
          return { result: { output: event.output, summary: event.summary } };
        },
        cut: () => new Error(`The run ${id} ended without an output.`),
      },
      caller,
    );
  }

  [Symbol.asyncIterator](): AsyncIterator<Event, void, void> {
    const events = this.#stream[Symbol.asyncIterator]();
    this.#read = true;
    // This reader is told of a failure itself: an output that was asked for beside it must not end the process.
    this.#output?.catch(() => {});
    return events;
  }

  /** The validated output. @throws What ended the run. */
  output(): Promise<Output> {
    if (this.#output) return this.#output;
    this.#output = this.#stream.result().then(({ output }) => output);
    if (this.#read) this.#output.catch(() => {});
    return this.#output;
  }

  /** The output and what it took. @throws What ended the run. */
  result(): Promise<RunResult<Output>> {
    return this.#stream.result();
  }

  /** Cancels the run; its promises reject with the reason. After the end it does nothing. */
  abort(reason: unknown = new DOMException("The run was cancelled.", "AbortError")): void {
    this.#stream.abort(reason);
  }

  /** Resolves when the run has let go of everything and its last record is written, however it ended. Never rejects. */
  settled(): Promise<void> {
    return this.#settled();
  }

  /**
   * The text, and nothing else.
   *
   * @param options - `holdBack` gives out only what nothing can take back any more: the text of each model call, once it is over
   * and its output was not rejected. @defaultValue false: the text as it is written
   * @throws Error when text that was given out is withdrawn, by another model's restart or by an output that was rejected:
   * bare text can't tell that. Hold it back, or read the events, where it may happen.
   */
  textStream({ holdBack = false }: TextStreamOptions = {}): AsyncGenerator<string, void, void> {
    return holdBack ? this.#lastingText() : this.#writtenText();
  }

  async *#writtenText(): AsyncGenerator<string, void, void> {
    let given = false;
    for await (const event of this) {
      if (isTextDelta(event)) {
        given = true;
        yield event.text;
      } else if (given && isWithdrawal(event)) {
        throw withdrawnText(`of run ${this.id}`);
      }
    }
  }

  async *#lastingText(): AsyncGenerator<string, void, void> {
    let held = "";
    let answered = false;
    for await (const event of this) {
      if (isWithdrawal(event)) held = "";
      else if (isTextDelta(event)) held += event.text;
      else if (answered && held !== "") {
        // An output is rejected right after its answer, or never.
        yield held;
        held = "";
      }
      answered = event.type === "finish";
    }
  }

  /**
   * The events as server-sent events, for a `Response` body: `id` counts from 1, `event` is the type, `data` is JSON. A
   * failure is sent as an event `error` with its code and message.
   */
  toSSE(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const events = this[Symbol.asyncIterator]();
    let id = 0;
    const frame = (type: string, data: unknown) =>
      encoder.encode(`id: ${++id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const step = await events.next();
            if (step.done) controller.close();
            else controller.enqueue(frame(step.value.type, step.value));
          } catch (error) {
            controller.enqueue(frame("error", toWire(error)));
            controller.close();
            await events.return?.();
          }
        },
        async cancel() {
          await events.return?.();
        },
      },
      // Nothing ahead of the reader: a body that is never read begins nothing.
      { highWaterMark: 0 },
    );
  }
}

function isCompleted<Output>(event: AnyEvent): event is RunCompletedEvent<Output> {
  return event.type === "run-completed";
}

function isTextDelta(event: AnyEvent): event is TextDeltaEvent {
  return event.type === "text-delta";
}

function isWithdrawal({ type }: AnyEvent): boolean {
  return type === "restart" || type === "output-rejected";
}

function toWire(error: unknown): { readonly code: string; readonly message: string } {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  const aborted = error instanceof Error && error.name === "AbortError";
  return aborted
    ? { code: "aborted", message: "The run was cancelled." }
    : { code: "internal", message: "The run failed." };
}
