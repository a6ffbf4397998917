/** What names a span in OpenTelemetry. */
export interface OtelSpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly traceFlags: number;
}

/** A later version may have more fields behind these; `ff` is no version. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;
const ALL_ZERO = /^0+$/;

/**
 * Writes what names a span as the header `traceparent` has it.
 *
 * @returns Nothing for a span that is not traced, whose ids are all zero.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function toTraceparent(span: OtelSpanContext | undefined): string | undefined {
  if (!span) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  const text = `00-${span.traceId}-${span.spanId}-${flags}`;
  return fromTraceparent(text) && text;
}

/** Reads a `traceparent`. @returns Nothing when it is none. */
export function fromTraceparent(text: string): (OtelSpanContext & { readonly isRemote: true }) | undefined {
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(text) ?? [];
  if (traceId === "" || ALL_ZERO.test(traceId) || ALL_ZERO.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
