import { getEventListeners } from "node:events";
import { manualClock } from "@salesagent/conformance";
import { type LanguageModel, type ModelCallOptions, systemMessage, userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { withCache } from "../cache/with-cache.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import { type RecordedSpan, recordingTelemetry } from "../telemetry/testing/recording-telemetry.js";
import { ModelRouter } from "./model-router.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";
import { withTelemetry } from "./with-telemetry.js";

const request = { messages: [systemMessage("Be brief."), userMessage("Greet Ada.")] };
const hung = () => new Promise<void>(() => {});

/** Lets everything that is ready to run do so. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function tree(spans: readonly RecordedSpan[]): readonly string[] {
  const depth = (span: RecordedSpan): number => {
    const parent = spans.find((each) => each === span.parent);
    return parent ? depth(parent) + 1 : 0;
  };
  return spans.map(
    (span) => `${"  ".repeat(depth(span))}${span.name}${span.failure ? `: ${span.failure}` : ""}`,
  );
}

function traced(model: LanguageModel) {
  const recording = recordingTelemetry();
  const clock = manualClock();
  return { ...recording, model: withTelemetry(model, { telemetry: recording.telemetry, clock }) };
}

describe("withTelemetry", () => {
  it("traces a call and its attempt, and leaves the answer as it is", async () => {
    const plain = namedModel("one", { text: ["Hello", " Ada."] });
    const { model, spans } = traced(plain);
    const call: ModelCallOptions = { task: "drafting", scope: { tenant: "acme", runId: "r1" } };
    const result = await model.stream(request, call).result();

    expect(result).toEqual(await plain.stream(request, call).result());
    expect(tree(spans)).toEqual(["model_call one", "  chat one"]);
    expect(spans.map(({ kind, ends }) => [kind, ends])).toEqual([
      ["internal", 1],
      ["client", 1],
    ]);
    expect(spans[0]?.attributes).toEqual({
      "salesagent.call.provider": "test",
      "salesagent.call.model": "one",
      "salesagent.task": "drafting",
      "salesagent.tenant": "acme",
      "salesagent.run.id": "r1",
      "gen_ai.response.model": "one",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0.001,
      "salesagent.response.provider": "test",
      "salesagent.call.attempts": 1,
      "salesagent.call.cost_usd": 0.00001,
      "salesagent.cache.hit": false,
    });
  });

  it("does nothing before the answer is read", async () => {
    const { model, spans } = traced(namedModel("one", { text: "Hello" }));
    model.stream(request);
    await turn();
    expect(spans).toEqual([]);
  });

  it("traces a router's decision and each of its attempts, and which model answered", async () => {
    const router = new ModelRouter({
      candidates: [
        namedModel("first", { text: "Hel", error: modelFailure("model.stream_cut") }),
        namedModel("second", { text: "Hello." }),
      ],
      policy: "best",
      clock: manualClock(),
    });
    const { model, spans, measurements } = traced(router);
    const { text } = await model.stream(request).result();

    expect(text).toBe("Hello.");
    expect([...tree(spans)].sort()).toEqual(
      ["model_call best", "  route", "  chat first: model.stream_cut", "  chat second"].sort(),
    );
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1, 1, 1]);
    expect(spans[0]?.attributes).toMatchObject({
      "gen_ai.response.model": "second",
      "salesagent.call.attempts": 2,
    });
    expect(spans.find(({ name }) => name === "route")?.attributes).toMatchObject({
      "salesagent.route.policy": "best",
      "salesagent.route.ranked": ["test/first", "test/second"],
    });
    const costs = measurements.filter(({ name }) => name === "salesagent.client.cost");
    expect(costs.map(({ attributes }) => attributes["salesagent.attempt.purpose"])).toEqual([
      "first",
      "failover",
    ]);
  });

  it("notes an answer from a cache, for which no model was asked", async () => {
    const storage = memoryStorage();
    const { model, spans } = traced(withCache(namedModel("one", { text: "Hello" }), { storage }));
    const call = { scope: { tenant: "acme" } };
    await model.stream(request, call).result();
    await turn();
    await model.stream(request, call).result();

    expect(tree(spans)).toEqual(["model_call one", "  chat one", "model_call one"]);
    expect(spans[2]?.attributes).toMatchObject({
      "salesagent.cache.hit": true,
      "salesagent.cache.kind": "exact",
    });
  });

  it("fails with the code of what the call throws", async () => {
    const { model, spans } = traced(namedModel("one", { error: modelFailure("model.overloaded") }));
    await expect(model.stream(request).result()).rejects.toMatchObject({ code: "model.overloaded" });
    expect(tree(spans)).toEqual(["model_call one: model.overloaded", "  chat one: model.overloaded"]);
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1]);
  });

  it("ends when the caller aborts while the model hangs, and leaves no listener", async () => {
    const { model, spans } = traced(namedModel("one", { text: "never", until: hung() }));
    const caller = new AbortController();
    const reason = new Error("closing time");
    const pending = model.stream(request, { signal: caller.signal }).result();
    await turn();

    caller.abort(reason);

    await expect(pending).rejects.toBe(reason);
    await turn();
    expect(tree(spans)).toEqual(["model_call one: aborted", "  chat one: aborted"]);
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1]);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  it("ends when the reader leaves, at any event", async () => {
    for (const last of ["start", "text-delta"]) {
      const { model, spans } = traced(namedModel("one", { text: ["a", "b"] }));
      for await (const event of model.stream(request)) if (event.type === last) break;
      await turn();
      expect(tree(spans)).toEqual(["model_call one: aborted", "  chat one: aborted"]);
      expect(spans.map(({ ends }) => ends)).toEqual([1, 1]);
    }
  });

  it("is complete when the reader leaves after the finish", async () => {
    const { model, spans } = traced(namedModel("one", { text: "a" }));
    for await (const event of model.stream(request)) if (event.type === "finish") break;
    await turn();
    expect(tree(spans)).toEqual(["model_call one", "  chat one"]);
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1]);
  });

  it.each([
    ["the result first", true],
    ["the events first", false],
  ])("gives events and result to one reader who asks for %s", async (_, resultFirst) => {
    const { model, spans } = traced(namedModel("one", { text: ["a", "b"] }));
    const stream = model.stream(request);
    const early = resultFirst ? stream.result() : undefined;
    const iterator = stream[Symbol.asyncIterator]();
    const result = early ?? stream.result();
    const seen: string[] = [];
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      seen.push(step.value.type, ...(stream.buffered?.() ?? []).map(({ type }) => type));
    }
    expect(seen).toEqual(["start", "text-delta", "text-delta", "finish"]);
    expect((await result).text).toBe("ab");
    expect(await stream.result()).toBe(await result);
    expect(() => stream[Symbol.asyncIterator]()).toThrow("read once");
    expect(spans.map(({ ends }) => ends)).toEqual([1, 1]);
  });

  it("leaves no unhandled rejection when only its events are read", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const { model } = traced(namedModel("one", { error: modelFailure("model.overloaded") }));
    const reading = (async () => {
      for await (const _ of model.stream(request));
    })();
    await expect(reading).rejects.toMatchObject({ code: "model.overloaded" });
    await turn();
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("traces once where two of it stand around each other", async () => {
    const inner = traced(namedModel("one", { text: "a" }));
    const outer = traced(inner.model);
    await outer.model.stream(request).result();
    expect(tree(outer.spans)).toEqual(["model_call one", "  chat one"]);
    expect(inner.spans).toEqual([]);
  });

  it("asks the guards of the call, and says that one refused", async () => {
    const refused = new Error("over budget");
    const guard = { begin: () => Promise.reject(refused) };
    const { model, spans, measurements } = traced(namedModel("one", { text: "a" }));
    await expect(model.stream(request, { guards: [guard] }).result()).rejects.toBe(refused);
    expect(tree(spans)).toEqual(["model_call one: internal"]);
    expect(measurements).toEqual([]);
  });

  it("lets no failure of the host's telemetry reach the call", async () => {
    const failing = () => {
      throw new Error("the host's own");
    };
    const telemetries: Telemetry[] = [
      { startSpan: failing, measure: failing },
      { startSpan: () => ({ set: failing, fail: failing, end: failing }), measure: failing },
    ];
    for (const telemetry of telemetries) {
      const model = withTelemetry(namedModel("one", { text: "a" }), { telemetry, content: true });
      expect((await model.stream(request).result()).text).toBe("a");
    }
  });

  it("asks guards all the same where nobody listens", async () => {
    const begun: string[] = [];
    const guard = {
      begin: ({ modelId }: { readonly modelId: string }) => {
        begun.push(modelId);
        return { end() {} };
      },
    };
    await withTelemetry(namedModel("one", { text: "a" }), noTelemetry)
      .stream(request, { guards: [guard] })
      .result();
    expect(begun).toEqual(["one"]);
  });

  it("refuses options without a telemetry", () => {
    const model = namedModel("one", { text: "a" });
    expect(() => withTelemetry(model, {} as Telemetry)).toThrow(TypeError);
    expect(() => withTelemetry(model, {} as Telemetry)).toThrow("options.telemetry");
  });
});
