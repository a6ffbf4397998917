import { noTelemetry, type Span, type Telemetry } from "./telemetry.js";

/** The host's telemetry, of which no failure reaches the run: what can't be told is not told. */
export function safeTelemetry(inner: Telemetry): Telemetry {
  if (inner === noTelemetry) return inner;
  const originals = new WeakMap<Span, Span>();
  return {
    startSpan(name, kind, attributes, parent) {
      const span = attempt(() =>
        inner.startSpan(name, kind, attributes, parent && (originals.get(parent) ?? parent)),
      );
      if (!span) return noTelemetry.startSpan(name, kind, attributes);
      const safe = safeSpan(span);
      originals.set(safe, span);
      return safe;
    },
    measure: (name, value, attributes) => attempt(() => inner.measure(name, value, attributes)),
  };
}

function safeSpan(inner: Span): Span {
  return {
    set: (attributes) => attempt(() => inner.set(attributes)),
    fail: (type) => attempt(() => inner.fail(type)),
    end: () => attempt(() => inner.end()),
  };
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    // Whoever watches a run must not be able to break it.
    return undefined;
  }
}
