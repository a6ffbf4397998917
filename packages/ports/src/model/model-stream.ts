import type { CallOptions } from "../call-options.js";
import { SalesAgentError } from "../error.js";
import { AnswerAssembler } from "./answer-assembler.js";
import type { ModelStream } from "./language-model.js";
import type { ModelEvent } from "./model-event.js";
import type { ModelResult } from "./model-result.js";

/** What the producer of a stream is given. */
export interface StreamControl {
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Ends the stream at once with this error, even while the producer is still waiting for something. */
  fail(reason: unknown): void;
}

/** Makes the events of one answer, in batches of at least one: a batch is what one read of the wire brings. */
export type ModelEventSource = AsyncIterator<readonly ModelEvent[], void, void>;

/**
 * Makes a {@link ModelStream} from a source of events. It adds what every stream promises: nothing starts before it is
 * read, one reader, abort and `fail` settle a waiting read within one turn, `break` closes the source, no end without a
 * `finish`, and a `result()`.
 *
 * @param open - Called once, at the first read.
 */
export function createModelStream(
  open: (control: StreamControl) => ModelEventSource,
  call: CallOptions = {},
): ModelStream {
  return new SourceStream(open, call.signal);
}

interface Settlers<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly result: ModelResult } | { readonly failure: unknown };

class SourceStream implements ModelStream, AsyncIterator<ModelEvent, void, void> {
  readonly #open: (control: StreamControl) => ModelEventSource;
  readonly #caller: AbortSignal | undefined;
  readonly #upstream = new AbortController();
  readonly #assembler = new AnswerAssembler();
  #source: ModelEventSource | undefined;
  #batch: readonly ModelEvent[] = [];
  #position = 0;
  #claimed = false;
  #outcome: Outcome | undefined;
  /** A failure that no read has been told yet. */
  #untold = false;
  #waiting: Settlers<IteratorResult<ModelEvent, void>> | undefined;
  #pending: Promise<IteratorResult<ModelEvent, void>> | undefined;
  #result: Promise<ModelResult> | undefined;
  #resultSettlers: Settlers<ModelResult> | undefined;

  constructor(open: (control: StreamControl) => ModelEventSource, caller: AbortSignal | undefined) {
    this.#open = open;
    this.#caller = caller;
  }

  [Symbol.asyncIterator](): AsyncIterator<ModelEvent, void, void> {
    if (this.#claimed) throw new TypeError("A model stream is read once; this one has a reader already.");
    this.#claimed = true;
    return this;
  }

  next(): Promise<IteratorResult<ModelEvent, void>> {
    if (this.#untold) {
      this.#untold = false;
      return Promise.reject((this.#outcome as { failure: unknown }).failure);
    }
    if (this.#position < this.#batch.length) return Promise.resolve(this.#take());
    if (this.#outcome) return Promise.resolve({ done: true, value: undefined });
    if (this.#pending) return this.#pending.then(this.#again, this.#again);
    return this.#pull();
  }

  return(): Promise<IteratorResult<ModelEvent, void>> {
    this.#settle({ failure: new DOMException("The stream was closed before its end.", "AbortError") });
    this.#untold = false;
    this.#batch = [];
    this.#tell({ value: { done: true, value: undefined } });
    return Promise.resolve({ done: true, value: undefined });
  }

  result(): Promise<ModelResult> {
    this.#result ??= this.#makeResult();
    return this.#result;
  }

  readonly #again = () => this.next();

  #makeResult(): Promise<ModelResult> {
    const outcome = this.#outcome;
    if (outcome) {
      return "result" in outcome ? Promise.resolve(outcome.result) : Promise.reject(outcome.failure);
    }
    // A caller may ask for the result first and iterate in the same turn; only then is there somebody else who reads.
    queueMicrotask(() => {
      if (this.#claimed) return;
      this.#claimed = true;
      void this.#drain();
    });
    return new Promise((resolve, reject) => {
      this.#resultSettlers = { resolve, reject };
    });
  }

  async #drain(): Promise<void> {
    try {
      while (!(await this.next()).done);
    } catch {
      // Told by the result, which is what this reader reads for.
    }
  }

  #pull(): Promise<IteratorResult<ModelEvent, void>> {
    const pending = new Promise<IteratorResult<ModelEvent, void>>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#pending = pending;
    if (!this.#source) this.#begin();
    this.#readSource();
    return pending;
  }

  #begin(): void {
    const caller = this.#caller;
    if (caller?.aborted) return this.#fail(caller.reason);
    caller?.addEventListener("abort", this.#onAbort);
    try {
      this.#source = this.#open({ signal: this.#upstream.signal, fail: (reason) => this.#fail(reason) });
    } catch (error) {
      this.#fail(error);
    }
  }

  #readSource(): void {
    if (this.#outcome || !this.#source) return;
    this.#source.next().then(this.#onStep, (error: unknown) => this.#fail(error));
  }

  readonly #onAbort = () => this.#fail(this.#caller?.reason);

  readonly #onStep = (step: IteratorResult<readonly ModelEvent[], void>) => {
    if (this.#outcome) return;
    if (step.done) return this.#fail(this.#cutError());
    if (step.value.length === 0) return this.#readSource();
    this.#batch = step.value;
    this.#position = 0;
    try {
      this.#tell({ value: this.#take() });
    } catch (error) {
      this.#fail(error);
    }
  };

  /** The next event of the batch. */
  #take(): IteratorResult<ModelEvent, void> {
    const event = this.#batch[this.#position++] as ModelEvent;
    this.#assembler.push(event);
    if (event.type === "finish") this.#settle({ result: this.#assembler.result() });
    return { done: false, value: event };
  }

  #fail(reason: unknown): void {
    if (this.#outcome) return;
    this.#batch = [];
    this.#settle({ failure: reason });
    if (this.#waiting) {
      this.#untold = false;
      this.#tell({ failure: reason });
    }
  }

  #tell(step: { value: IteratorResult<ModelEvent, void> } | { failure: unknown }): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#pending = undefined;
    if ("value" in step) waiting?.resolve(step.value);
    else waiting?.reject(step.failure);
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#caller?.removeEventListener("abort", this.#onAbort);
    if ("result" in outcome) {
      this.#resultSettlers?.resolve(outcome.result);
    } else {
      this.#untold = true;
      this.#resultSettlers?.reject(outcome.failure);
      this.#upstream.abort(outcome.failure);
    }
    // Not awaited: a stuck vendor must not hold the reader.
    this.#source?.return?.()?.then(undefined, () => {});
  }

  #cutError(): unknown {
    const begin = this.#assembler.begin;
    const provider = begin?.provider ?? "unknown";
    const modelId = begin?.modelId ?? "unknown";
    return new SalesAgentError("model.stream_cut", {
      message: `The answer of ${provider}/${modelId} ended before it was finished. Call again, or fail over to another model.`,
      facts: { provider, modelId, ...(begin?.requestId === undefined ? {} : { requestId: begin.requestId }) },
      replay: "safe",
    });
  }
}
