/** Values that a span or a measurement can carry. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly number[] | undefined>
>;

/** A piece of work that is being timed. */
export interface Span {
  set(attributes: Attributes): void;
  /** Marks the work as failed. `type` is an error code; messages stay out. */
  fail(type: string): void;
  /** Ends the span; later calls do nothing. */
  end(): void;
  /**
   * Names it for other processes, as W3C Trace Context writes it, such as `00-<trace>-<span>-01`. Absent where nothing is traced.
   *
   * @see https://www.w3.org/TR/trace-context/#traceparent-header
   */
  readonly traceparent?: string | undefined;
}

/** Where traces and measurements go. */
export interface Telemetry {
  /**
   * @param kind - `client` for calls that leave the process, else `internal`.
   * @param parent - The span that this one belongs to; without one, whatever is active around the call.
   */
  startSpan(name: string, kind: "client" | "internal", attributes: Attributes, parent?: Span): Span;
  /**
   * A span of another process, as a parent for spans of this one; it is not this one's to end.
   *
   * @param traceparent - As its process named it by {@link Span.traceparent}.
   * @returns Nothing when the text is not such a name.
   */
  remoteSpan?(traceparent: string): Span | undefined;
  /**
   * Notes one value of a histogram: of the GenAI conventions, such as `gen_ai.client.token.usage`, or of our own,
   * `salesagent.client.cost` in USD.
   */
  measure(name: string, value: number, attributes: Attributes): void;
}

/** A span that goes nowhere. */
export const NO_SPAN: Span = { set() {}, fail() {}, end() {} };

/** Telemetry that goes nowhere: the default. */
export const noTelemetry: Telemetry = { startSpan: () => NO_SPAN, measure() {} };
