import {
  type Clock,
  createModelStream,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEventSource,
  type ModelRequest,
  type StreamControl,
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
      return createModelStream((control) => tracedEvents(traces, request, call, control), call);
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

const END = { done: true, value: undefined } as const;

interface TracedModel {
  readonly inner: LanguageModel;
  readonly telemetry: Telemetry;
  readonly content: boolean;
}

/** Not a generator: at hundreds of tokens a second its turns are what tracing costs. */
function tracedEvents(
  { inner, telemetry, content }: TracedModel,
  request: ModelRequest,
  call: ModelCallOptions,
  { signal }: StreamControl,
): ModelEventSource {
  const span = new CallSpan(telemetry, { model: inner, request, call, content });
  const guards = [...(call.guards ?? []), span.attempts];
  const stream = inner.stream(request, { ...call, signal, guards });
  const events = stream[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        const step = await events.next();
        if (step.done) return END;
        const more = stream.buffered?.();
        const batch = more && more.length > 0 ? [step.value, ...more] : [step.value];
        for (const event of batch) span.see(event);
        return { done: false, value: batch };
      } catch (error) {
        span.failed(error, signal.aborted);
        throw error;
      }
    },
    async return() {
      span.failed(signal.reason, true);
      await events.return?.();
      return END;
    },
  };
}
