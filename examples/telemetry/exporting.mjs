// OpenTelemetry as an app sets it up: OTLP over HTTP, which every collector takes.
import * as api from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

/**
 * Sends traces and measurements to a collector.
 *
 * @param {string} url Such as `http://localhost:4318`.
 */
export function exportTo(url) {
  const resource = resourceFromAttributes({ "service.name": "sales-app" });
  const traces = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
    exportIntervalMillis: 60_000,
  });
  const meters = new MeterProvider({ resource, readers: [reader] });
  api.trace.setGlobalTracerProvider(traces);
  api.metrics.setGlobalMeterProvider(meters);
  return {
    api,
    /** Sends what is left, and lets go. */
    async close() {
      await Promise.all([traces.shutdown(), meters.shutdown()]);
      api.trace.disable();
      api.metrics.disable();
    },
  };
}
