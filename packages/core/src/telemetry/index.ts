export { type OpenTelemetryApi, type OtelSpan, openTelemetry } from "./open-telemetry.js";
export { type Attributes, noTelemetry, type Span, type Telemetry } from "./telemetry.js";
