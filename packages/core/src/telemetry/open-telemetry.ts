import { type HistogramOptions, histogramOptions } from "./histograms.js";
import { type Attributes, NO_SPAN, type Span, type Telemetry } from "./telemetry.js";
import { fromTraceparent, type OtelSpanContext, toTraceparent } from "./traceparent.js";

/** The few members of an OpenTelemetry span that are called. */
export interface OtelSpan {
  setAttributes(attributes: never): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
  spanContext?(): OtelSpanContext;
}

/** The few members of `@opentelemetry/api` that are called; pass the module itself. */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: { kind: number; attributes: never }, context: never): OtelSpan;
    };
    setSpan(context: never, span: never): unknown;
    setSpanContext?(context: never, spanContext: never): unknown;
  };
  readonly context: { active(): unknown };
  readonly metrics: {
    getMeter(name: string): {
      createHistogram(
        name: string,
        options: HistogramOptions,
      ): { record(value: number, attributes: never): void };
    };
  };
}

const SCOPE = "@salesagent/core";
const INTERNAL = 0;
const CLIENT = 2;
const STATUS_ERROR = 2;

/**
 * Sends traces and metrics to OpenTelemetry, by the GenAI conventions.
 *
 * @param api - The module `@opentelemetry/api`, as the host has it installed.
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export function openTelemetry(api: OpenTelemetryApi): Telemetry {
  const tracer = api.trace.getTracer(SCOPE);
  const contexts = new WeakMap<Span, unknown>();
  const histograms = new Map<string, { record(value: number, attributes: never): void }>();
  return {
    startSpan(name, kind, attributes, parent) {
      const around = (parent && contexts.get(parent)) ?? api.context.active();
      const options = { kind: kind === "client" ? CLIENT : INTERNAL, attributes: attributes as never };
      const inner = tracer.startSpan(name, options, around as never);
      const span = wrap(inner);
      contexts.set(span, api.trace.setSpan(around as never, inner as never));
      return span;
    },
    remoteSpan(traceparent) {
      const remote = fromTraceparent(traceparent);
      const context = remote && api.trace.setSpanContext?.(api.context.active() as never, remote as never);
      if (context === undefined) return undefined;
      const span: Span = { ...NO_SPAN, traceparent };
      contexts.set(span, context);
      return span;
    },
    measure(name, value, attributes) {
      let histogram = histograms.get(name);
      if (!histogram) {
        // Not before there is something to measure: a meter that is made before the host's SDK is registered stays deaf.
        histogram = api.metrics.getMeter(SCOPE).createHistogram(name, histogramOptions(name));
        histograms.set(name, histogram);
      }
      histogram.record(value, attributes as never);
    },
  };
}

function wrap(inner: OtelSpan): Span {
  let ended = false;
  return {
    set: (attributes: Attributes) => void inner.setAttributes(attributes as never),
    fail(type) {
      inner.setAttributes({ "error.type": type } as never);
      inner.setStatus({ code: STATUS_ERROR, message: type });
    },
    end() {
      if (ended) return;
      ended = true;
      inner.end();
    },
    get traceparent() {
      return toTraceparent(inner.spanContext?.());
    },
  };
}
