import {
  type Clock,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEvent,
  type ModelRequest,
  type ModelResult,
  type ModelStream,
  systemClock,
} from "@salesagent/ports";
import { guarded } from "../model/guarded.js";
import { attemptSpansOf } from "../telemetry/attempt-spans.js";
import { CallSpan } from "../telemetry/call-span.js";
import { safeTelemetry } from "../telemetry/safe-telemetry.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";

/** How {@link withTelemetry} works. */
export interface TelemetryOptions {
  readonly telemetry: Telemetry;
  /**
   * Puts what models are told and what they answer into the spans, by the conventions: prospects' data goes wherever traces go.
   *
   * @defaultValue false
   */
  readonly content?: boolean | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/**
 * The same model, with every call traced: an `internal` span for the call, and below it one for a router's decision and a
 * `client` span for each attempt, by the GenAI conventions. Nothing that the host's telemetry throws reaches a call. Where calls
 * are traced by an agent or a wrapper outside of this one already, it stays silent.
 *
 * @throws TypeError when there is no telemetry.
 */
export function withTelemetry(model: LanguageModel, options: Telemetry | TelemetryOptions): LanguageModel {
  const { telemetry, content = false, clock = systemClock } = resolve(options);
  const inner = guarded(model, clock);
  if (telemetry === noTelemetry) return inner;
  const traces = { inner, telemetry: safeTelemetry(telemetry), content };
  const { port, provider, modelId } = model;
  return {
    ...{ port, provider, modelId },
    get profile() {
      return model.profile;
    },
    guardsAttempts: true,
    stream(request, call = {}) {
      if (attemptSpansOf(call.guards)) return inner.stream(request, call);
      return new TracedStream(() => new TracedCall(traces, request, call));
    },
  };
}

function resolve(options: Telemetry | TelemetryOptions): TelemetryOptions {
  const resolved = "startSpan" in options ? { telemetry: options } : options;
  if (typeof resolved.telemetry?.startSpan !== "function") {
    throw new TypeError("withTelemetry options.telemetry must be a Telemetry, such as openTelemetry(api)");
  }
  return resolved;
}

interface TracedModel {
  readonly inner: LanguageModel;
  readonly telemetry: Telemetry;
  readonly content: boolean;
}

/**
 * The stream of the model itself, opened at the first read; how its result settles ends the span. Events pass without a turn of
 * their own.
 */
class TracedStream implements ModelStream {
  readonly #open: () => TracedCall;
  #call: TracedCall | undefined;

  constructor(open: () => TracedCall) {
    this.#open = open;
  }

  [Symbol.asyncIterator](): AsyncIterator<ModelEvent> {
    // Before the result is asked for, which would else read the stream itself.
    const events = this.#begun.stream[Symbol.asyncIterator]();
    void this.result();
    return events;
  }

  buffered(): readonly ModelEvent[] {
    return this.#call?.stream.buffered?.() ?? [];
  }

  result(): Promise<ModelResult> {
    return this.#begun.result();
  }

  get #begun(): TracedCall {
    this.#call ??= this.#open();
    return this.#call;
  }
}

/** One call under way, and its span. */
class TracedCall {
  readonly stream: ModelStream;
  readonly #span: CallSpan;
  readonly #signal: AbortSignal | undefined;
  #result: Promise<ModelResult> | undefined;

  constructor({ inner, telemetry, content }: TracedModel, request: ModelRequest, call: ModelCallOptions) {
    this.#signal = call.signal;
    this.#span = new CallSpan(telemetry, { model: inner, request, call, content });
    const guards = [...(call.guards ?? []), this.#span.attempts];
    this.stream = inner.stream(request, { ...call, guards });
  }

  result(): Promise<ModelResult> {
    if (this.#result) return this.#result;
    this.#result = this.stream.result();
    this.#result.then(
      (result) => this.#span.completed(result),
      (error: unknown) => this.#span.failed(error, this.#signal?.aborted === true || isAbortError(error)),
    );
    return this.#result;
  }
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
