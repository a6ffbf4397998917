import { AsyncLocalStorage } from "node:async_hooks";
import * as api from "@opentelemetry/api";
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { userMessage } from "@salesagent/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelRouter } from "../router/model-router.js";
import { modelFailure } from "../router/testing/model-failure.js";
import { namedModel } from "../router/testing/named-model.js";
import { withTelemetry } from "../router/with-telemetry.js";
import { openTelemetry } from "./open-telemetry.js";

const request = { messages: [userMessage("Greet Ada.")], maxOutputTokens: 50 };

/** What a host sets up, kept in memory; registered for the whole process, as hosts do. */
function hostSdk() {
  const spans = new InMemorySpanExporter();
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 2 ** 30 });
  const metering = new MeterProvider({ readers: [reader] });
  api.context.setGlobalContextManager(asyncContexts());
  api.trace.setGlobalTracerProvider(tracing);
  api.metrics.setGlobalMeterProvider(metering);
  return {
    spans: () => spans.getFinishedSpans(),
    async histograms(): Promise<readonly HistogramMetricData[]> {
      await metering.forceFlush();
      const scopes = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
      return scopes.flatMap(({ metrics: all }) => all as HistogramMetricData[]);
    },
    async close(): Promise<void> {
      await metering.shutdown();
      await tracing.shutdown();
      api.trace.disable();
      api.metrics.disable();
      api.context.disable();
    },
  };
}

/** As the SDK for Node has it. */
function asyncContexts(): api.ContextManager {
  const storage = new AsyncLocalStorage<api.Context>();
  return {
    active: () => storage.getStore() ?? api.ROOT_CONTEXT,
    with: (context, task, self, ...given) => storage.run(context, () => task.call(self, ...given)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      storage.disable();
      return this;
    },
  };
}

let sdk: ReturnType<typeof hostSdk>;
beforeEach(() => {
  sdk = hostSdk();
});
afterEach(() => sdk.close());

function named(name: string): ReadableSpan {
  const span = sdk.spans().find((each) => each.name === name);
  if (!span) throw new Error(`no span "${name}" among ${sdk.spans().map((each) => each.name)}`);
  return span;
}

function failingOver() {
  return new ModelRouter({
    candidates: [
      namedModel("first", { error: modelFailure("model.overloaded") }),
      namedModel("second", {
        text: "Hello.",
        usage: { inputTokens: 1_000, outputTokens: 20 },
        costUsd: 0.003,
      }),
    ],
    policy: "best",
  });
}

describe("openTelemetry with the real SDK", () => {
  it("has the call, the decision and each attempt in one trace, below the host's active span", async () => {
    const model = withTelemetry(failingOver(), openTelemetry(api));
    await api.trace.getTracer("host").startActiveSpan("POST /leads", async (host) => {
      await model.stream(request).result();
      host.end();
    });

    const call = named("model_call best");
    expect(call.parentSpanContext?.spanId).toBe(named("POST /leads").spanContext().spanId);
    expect(call.kind).toBe(api.SpanKind.INTERNAL);
    expect(call.instrumentationScope.name).toBe("@salesagent/core");
    for (const [name, kind] of [
      ["route", api.SpanKind.INTERNAL],
      ["chat first", api.SpanKind.CLIENT],
      ["chat second", api.SpanKind.CLIENT],
    ] as const) {
      expect(named(name).kind).toBe(kind);
      expect(named(name).parentSpanContext?.spanId).toBe(call.spanContext().spanId);
      expect(named(name).spanContext().traceId).toBe(named("POST /leads").spanContext().traceId);
    }
    expect(sdk.spans()).toHaveLength(5);
  });

  it("begins a trace of its own where the host has no span", async () => {
    await withTelemetry(failingOver(), openTelemetry(api)).stream(request).result();
    expect(named("model_call best").parentSpanContext).toBeUndefined();
  });

  it("keeps apart calls that run at once", async () => {
    const model = withTelemetry(failingOver(), openTelemetry(api));
    await Promise.all(Array.from({ length: 20 }, () => model.stream(request).result()));

    const calls = sdk.spans().filter(({ name }) => name === "model_call best");
    expect(new Set(calls.map((call) => call.spanContext().traceId)).size).toBe(20);
    for (const call of calls) {
      const below = sdk
        .spans()
        .filter((span) => span.parentSpanContext?.spanId === call.spanContext().spanId);
      expect(below.map(({ name }) => name)).toContain("chat second");
    }
  });

  it("has attributes of the conventions, and none that are unknown", async () => {
    await withTelemetry(failingOver(), openTelemetry(api)).stream(request).result();
    const { attributes, status } = named("chat second");

    expect(status.code).toBe(api.SpanStatusCode.UNSET);
    expect(attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "test",
      "gen_ai.request.model": "second",
      "gen_ai.request.max_tokens": 50,
      "gen_ai.request.stream": true,
      "gen_ai.output.type": "text",
      "gen_ai.usage.input_tokens": 1_000,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
      "salesagent.attempt.purpose": "failover",
      "salesagent.attempt.outcome": "completed",
      "salesagent.cost_usd": 0.003,
    });
  });

  it("marks a failed attempt with its code, while the call is well", async () => {
    await withTelemetry(failingOver(), openTelemetry(api)).stream(request).result();

    expect(named("chat first").status).toEqual({
      code: api.SpanStatusCode.ERROR,
      message: "model.overloaded",
    });
    expect(named("chat first").attributes["error.type"]).toBe("model.overloaded");
    expect(named("model_call best").status.code).toBe(api.SpanStatusCode.UNSET);
  });

  it("has the conventions' units and boundaries, and money in dollars", async () => {
    await withTelemetry(failingOver(), openTelemetry(api)).stream(request).result();

    const shapes = (await sdk.histograms()).map(({ descriptor, dataPoints }) => [
      ...[descriptor.name, descriptor.unit],
      dataPoints[0]?.value.buckets.boundaries,
    ]);
    const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    const tokens = [
      1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
    ];
    expect(shapes).toEqual([
      ["gen_ai.client.operation.duration", "s", seconds],
      ["salesagent.client.cost", "{usd}", expect.arrayContaining([0.000001, 0.000004, 67.108864])],
      ["gen_ai.client.operation.time_to_first_chunk", "s", seconds],
      ["gen_ai.client.token.usage", "{token}", tokens],
    ]);
  });

  it("has sums that are those of the attempts, lost ones too", async () => {
    await withTelemetry(failingOver(), openTelemetry(api)).stream(request).result();
    const histograms = await sdk.histograms();
    const pointsOf = (name: string) =>
      histograms.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];

    const durations = pointsOf("gen_ai.client.operation.duration");
    expect(durations.map(({ attributes }) => attributes["error.type"])).toEqual([
      "model.overloaded",
      undefined,
    ]);
    const tokens = pointsOf("gen_ai.client.token.usage");
    expect(tokens.map(({ attributes, value }) => [attributes["gen_ai.token.type"], value.sum])).toEqual([
      ["input", 1_000],
      ["output", 20],
    ]);
    const costs = pointsOf("salesagent.client.cost");
    expect(costs.map(({ value }) => value.sum)).toEqual([0, 0.003]);
  });

  it("measures with an SDK that was registered after it was made", async () => {
    await sdk.close();
    const model = withTelemetry(namedModel("one", { text: "Hello." }), openTelemetry(api));
    sdk = hostSdk();
    await model.stream(request).result();

    expect(named("chat one")).toBeDefined();
    expect((await sdk.histograms()).length).toBeGreaterThan(0);
  });
});

describe("a trace that goes on in another process", () => {
  it("hangs a span below the one whose name it was given", () => {
    const sender = openTelemetry(api).startSpan("hand_over support", "internal", {});
    const traceparent = sender.traceparent ?? "";
    sender.end();
    const telemetry = openTelemetry(api);
    telemetry.startSpan("invoke_agent support", "internal", {}, telemetry.remoteSpan?.(traceparent)).end();

    const [from, to] = [named("hand_over support"), named("invoke_agent support")];
    expect(to.spanContext().traceId).toBe(from.spanContext().traceId);
    expect(to.parentSpanContext).toMatchObject({ spanId: from.spanContext().spanId, isRemote: true });
  });

  it("begins anew where the name is none", () => {
    expect(openTelemetry(api).remoteSpan?.("nonsense")).toBeUndefined();
  });
});

describe("openTelemetry without an SDK", () => {
  it("names no span", async () => {
    await sdk.close();
    expect(openTelemetry(api).startSpan("alone", "internal", {}).traceparent).toBeUndefined();
    sdk = hostSdk();
  });

  it("does nothing, and the call is well", async () => {
    await sdk.close();
    const model = withTelemetry(namedModel("one", { text: "Hello." }), openTelemetry(api));
    expect((await model.stream(request).result()).text).toBe("Hello.");
    sdk = hostSdk();
  });
});
