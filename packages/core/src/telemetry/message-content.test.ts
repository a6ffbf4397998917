import { manualClock } from "@salesagent/conformance";
import { createModelStream, type LanguageModel, systemMessage, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { ModelRouter } from "../router/model-router.js";
import { modelFailure } from "../router/testing/model-failure.js";
import { namedModel } from "../router/testing/named-model.js";
import { withTelemetry } from "../router/with-telemetry.js";
import { type RecordedSpan, recordingTelemetry } from "./testing/recording-telemetry.js";

const request = { messages: [systemMessage("Be brief."), userMessage("Greet Ada.")] };

function traced(model: LanguageModel, content = false) {
  const { telemetry, ...recording } = recordingTelemetry();
  return { ...recording, model: withTelemetry(model, { telemetry, content }) };
}

describe("the content of a call", () => {
  const transcript = {
    messages: [
      systemMessage("Be brief."),
      {
        role: "user" as const,
        parts: [
          { type: "text" as const, text: "Who is Ada?", origin: "user" as const },
          {
            type: "file" as const,
            mediaType: "image/png",
            data: { base64: "iVBOR" },
            origin: "user" as const,
          },
        ],
      },
      {
        role: "assistant" as const,
        parts: [{ type: "tool-call" as const, callId: "c1", name: "lookup", input: { name: "Ada" } }],
      },
      {
        role: "tool" as const,
        parts: [
          {
            ...{ type: "tool-result" as const, callId: "c1", name: "lookup", failed: false },
            ...{ output: { title: "CTO" }, origin: "tool" as const },
          },
        ],
      },
    ],
  };
  const answering = () =>
    namedModel("one", { reasoning: "Hm.", text: "Hi.", toolCalls: [{ name: "send", callId: "c2" }] });

  it("is nowhere unless it is asked for", async () => {
    const { model, spans, measurements } = traced(answering());
    await model.stream(transcript).result();
    expect(JSON.stringify([spans, measurements], leaveOutParents)).not.toMatch(/Ada|CTO|Hi\.|Hm\.|brief/);
  });

  it("is told in the shape of the conventions, without the bytes of files", async () => {
    const { model, spans } = traced(answering(), true);
    await model.stream(transcript).result();

    expect(contentOf(spans[0], "gen_ai.system_instructions")).toEqual([
      { type: "text", content: "Be brief." },
    ]);
    expect(contentOf(spans[0], "gen_ai.input.messages")).toEqual([
      {
        role: "user",
        parts: [
          { type: "text", content: "Who is Ada?" },
          { type: "blob", modality: "image", mime_type: "image/png" },
        ],
      },
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "c1", name: "lookup", arguments: { name: "Ada" } }],
      },
      { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { title: "CTO" } }] },
    ]);
    expect(contentOf(spans[0], "gen_ai.output.messages")).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", content: "Hm." },
          { type: "text", content: "Hi." },
          { type: "tool_call", id: "c2", name: "send", arguments: {} },
        ],
        finish_reason: "tool_call",
      },
    ]);
  });

  it("is that of the model which took over", async () => {
    const router = new ModelRouter({
      candidates: [
        namedModel("first", { text: "Hel", error: modelFailure("model.stream_cut") }),
        namedModel("second", { text: "Hello." }),
      ],
      policy: "best",
      clock: manualClock(),
    });
    const { model, spans } = traced(router, true);
    await model.stream(request).result();
    expect(contentOf(spans[0], "gen_ai.output.messages")).toMatchObject([
      { parts: [{ type: "text", content: "Hello." }] },
    ]);
  });

  it("never fails a call that it can't be made of", async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const silent: LanguageModel = {
      ...answering(),
      stream: (_, call) =>
        createModelStream(async function* () {
          yield [{ type: "start", provider: "test", modelId: "one", warnings: [], rateLimits: [] }];
          yield [{ type: "text-delta", text: "a" }];
          const timings = { totalMs: 1 };
          const usage = { inputTokens: 1, outputTokens: 1 };
          yield [{ type: "finish", reason: "stop", usage, timings, attempts: [] }];
        }, call),
    };
    const part = { type: "tool-call" as const, callId: "c", name: "n", input: circular as never };
    const odd = { messages: [{ role: "assistant" as const, parts: [part] }] };
    expect((await traced(silent, true).model.stream(odd).result()).text).toBe("a");
  });
});

function contentOf(span: RecordedSpan | undefined, name: string): unknown {
  return JSON.parse(String(span?.attributes[name]));
}

function leaveOutParents(key: string, value: unknown): unknown {
  return key === "parent" ? undefined : value;
}
