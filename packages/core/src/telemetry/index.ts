export { AttemptSpans, type AttemptSpansOptions, attemptSpans, attemptSpansOf } from "./attempt-spans.js";
export { CallSpan, type CallSpanOptions, startCallSpan } from "./call-span.js";
export { decisionAttributes } from "./decision-attributes.js";
export { requestAttributes, usageAttributes } from "./model-attributes.js";
export { type OpenTelemetryApi, type OtelSpan, openTelemetry } from "./open-telemetry.js";
export { type Attributes, noTelemetry, type Span, type Telemetry } from "./telemetry.js";
export type { OtelSpanContext } from "./traceparent.js";
