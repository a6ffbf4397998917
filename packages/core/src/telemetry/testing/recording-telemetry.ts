import type { Attributes, Span, Telemetry } from "../telemetry.js";

/** A span as it was told. */
export interface RecordedSpan extends Span {
  readonly name: string;
  readonly kind: "client" | "internal";
  readonly parent: Span | undefined;
  readonly attributes: Record<string, unknown>;
  /** What it failed with. */
  failure: string | undefined;
  /** How often it was ended: once, if all is well. */
  ends: number;
}

/** One value of a histogram. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** Telemetry that keeps what it is told, in order. */
export function recordingTelemetry() {
  const spans: RecordedSpan[] = [];
  const measurements: Measurement[] = [];
  const telemetry: Telemetry = {
    startSpan(name, kind, attributes, parent) {
      const span: RecordedSpan = {
        ...{ name, kind, parent, attributes: told(attributes), failure: undefined, ends: 0 },
        set: (more) => void Object.assign(span.attributes, told(more)),
        fail(type) {
          span.failure = type;
        },
        end() {
          span.ends++;
        },
      };
      spans.push(span);
      return span;
    },
    measure: (name, value, attributes) => void measurements.push({ name, value, attributes }),
  };
  return { telemetry, spans, measurements };
}

/** Without what is not known: no backend sees it either. */
function told(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
