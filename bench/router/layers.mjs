/** The layers between a caller and a model, one put on the other. Each is opened in a process of its own. */
import { createBudgets } from "@salesagent/core/budget";
import { guarded } from "@salesagent/core/model";
import { ModelRouter, withTelemetry } from "@salesagent/core/router";
import { openTelemetry } from "@salesagent/core/telemetry";
import { memoryStorage } from "@salesagent/storage-memory";

const scope = { tenant: "bench" };

/** A call with a guard that does nothing: what asking costs. */
function withGuard(model) {
  const inner = guarded(model);
  const guards = [{ begin: () => ({ end() {} }) }];
  return (request, call) => inner.stream(request, { ...call, guards });
}

/** Two candidates; the breaker, the pacer, retries, the decision and its record are in it. */
function routed(openModel, guards = [], telemetry) {
  const router = new ModelRouter({ candidates: [openModel("first"), openModel("second")], guards });
  const model = telemetry ? withTelemetry(router, telemetry) : router;
  return (request, call) => model.stream(request, { ...call, scope });
}

const budgets = () =>
  createBudgets({ budgets: [{ usd: 1e6, per: "day", scope: "tenant" }], storage: memoryStorage() });

const span = { set() {}, fail() {}, end() {} };
/** Hears of every span and measurement, and keeps none. */
const deafTelemetry = { startSpan: () => span, measure() {} };

/** The host's own SDK: spans in batches, metrics in memory, nothing that leaves the process. */
async function realTelemetry() {
  const api = await import("@opentelemetry/api");
  const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
  const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
    await import("@opentelemetry/sdk-metrics");
  const exporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} };
  api.trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }),
  );
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  api.metrics.setGlobalMeterProvider(
    new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metrics })] }),
  );
  return openTelemetry(api);
}

/** Each takes a maker of models and gives `stream(request, call)`. */
export const LAYERS = {
  bare: (openModel) => {
    const model = openModel("first");
    return (request, call) => model.stream(request, call);
  },
  "with a guard": (openModel) => withGuard(openModel("first")),
  router: (openModel) => routed(openModel),
  "router + budgets": (openModel) => routed(openModel, [budgets()]),
  "router + budgets + telemetry": (openModel) => routed(openModel, [budgets()], deafTelemetry),
  "the same, OpenTelemetry's SDK": async (openModel) => routed(openModel, [budgets()], await realTelemetry()),
};
