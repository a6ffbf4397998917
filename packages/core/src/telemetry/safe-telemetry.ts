import { type Attributes, NO_SPAN, noTelemetry, type Span, type Telemetry } from "./telemetry.js";

/** The host's telemetry, of which no failure reaches the run: what can't be told is not told. Twice safe is as safe. */
export function safeTelemetry(inner: Telemetry): Telemetry {
  return inner === noTelemetry || inner instanceof SafeTelemetry ? inner : new SafeTelemetry(inner);
}

class SafeTelemetry implements Telemetry {
  readonly #inner: Telemetry;

  constructor(inner: Telemetry) {
    this.#inner = inner;
  }

  startSpan(name: string, kind: "client" | "internal", attributes: Attributes, parent?: Span): Span {
    const span = attempt(() => this.#inner.startSpan(name, kind, attributes, originalOf(parent)));
    return span ? new SafeSpan(span) : NO_SPAN;
  }

  remoteSpan(traceparent: string): Span | undefined {
    const span = attempt(() => this.#inner.remoteSpan?.(traceparent));
    return span && new SafeSpan(span);
  }

  measure(name: string, value: number, attributes: Attributes): void {
    attempt(() => this.#inner.measure(name, value, attributes));
  }
}

class SafeSpan implements Span {
  readonly original: Span;

  constructor(original: Span) {
    this.original = original;
  }

  set(attributes: Attributes): void {
    attempt(() => this.original.set(attributes));
  }

  fail(type: string): void {
    attempt(() => this.original.fail(type));
  }

  end(): void {
    attempt(() => this.original.end());
  }

  get traceparent(): string | undefined {
    return attempt(() => this.original.traceparent);
  }
}

/** The span that the host made; none where that failed. */
function originalOf(span: Span | undefined): Span | undefined {
  if (span instanceof SafeSpan) return span.original;
  return span === NO_SPAN ? undefined : span;
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    // Whoever watches a run must not be able to break it.
    return undefined;
  }
}
