import { describe, expect, it } from "vitest";
import { AnswerAssembler } from "./answer-assembler.js";
import type { FinishEvent, ModelEvent, StartEvent } from "./model-event.js";

const start: StartEvent = {
  type: "start",
  provider: "acme",
  modelId: "one",
  requestId: "req-1",
  warnings: [{ field: "seed", message: "no seeds here" }],
  rateLimits: [{ kind: "requests", remaining: 9 }],
};
const finish: FinishEvent = {
  type: "finish",
  reason: "stop",
  usage: { inputTokens: 10, outputTokens: 5 },
  costUsd: 0.001,
  timings: { firstTokenMs: 5, totalMs: 20 },
  attempts: [],
};

function assemble(...body: readonly ModelEvent[]) {
  const assembler = new AnswerAssembler();
  for (const event of [start, ...body, finish]) assembler.push(event);
  return assembler.result();
}

describe("AnswerAssembler", () => {
  it("carries what the start and the finish tell", () => {
    const { warnings, rateLimits, provider, modelId, requestId } = start;
    const { usage, costUsd, timings, attempts, reason } = finish;

    expect(assemble()).toEqual({
      ...{ provider, modelId, requestId, warnings, rateLimits, usage, costUsd, timings, attempts },
      finishReason: reason,
      text: "",
      reasoning: "",
      toolCalls: [],
      message: { role: "assistant", parts: [] },
    });
  });

  it("adds the warnings that only the end knows", () => {
    const late = { field: "maxOutputTokens", message: "cut at 100" };
    const assembler = new AnswerAssembler();
    for (const event of [start, { ...finish, warnings: [late] }]) assembler.push(event);

    expect(assembler.result().warnings).toEqual([...start.warnings, late]);
  });

  it("joins neighbouring deltas of one kind to one part", () => {
    const { text, reasoning, message } = assemble(
      { type: "reasoning-delta", text: "Hm" },
      { type: "reasoning-delta", text: "m." },
      { type: "text-delta", text: "Good " },
      { type: "text-delta", text: "day." },
      { type: "reasoning-delta", text: "Also…" },
      { type: "text-delta", text: "Bye." },
    );

    expect([text, reasoning]).toEqual(["Good day.Bye.", "Hmm.Also…"]);
    expect(message.parts.map((part) => part.type)).toEqual(["reasoning", "text", "reasoning", "text"]);
  });

  it("ends a part with the vendor's data, and keeps the next one apart", () => {
    const { message } = assemble(
      { type: "reasoning-delta", text: "first" },
      { type: "reasoning-delta", text: "", providerData: { acme: { signature: "s1" } } },
      { type: "reasoning-delta", text: "second" },
      { type: "reasoning-delta", text: "", providerData: { acme: { signature: "s2" } } },
    );

    expect(message.parts).toEqual([
      { type: "reasoning", text: "first", providerData: { acme: { signature: "s1" } } },
      { type: "reasoning", text: "second", providerData: { acme: { signature: "s2" } } },
    ]);
  });

  it("keeps interleaved tool calls apart, in the order of their starts", () => {
    const { toolCalls } = assemble(
      { type: "tool-call-start", callId: "a", name: "find" },
      { type: "tool-call-start", callId: "b", name: "score" },
      { type: "tool-call-delta", callId: "b", argumentsText: '{"n":2}' },
      { type: "tool-call-end", callId: "b", name: "score", input: { n: 2 } },
      {
        type: "tool-call-end",
        callId: "a",
        name: "find",
        input: {},
        providerData: { acme: { thought: "t" } },
      },
    );

    expect(toolCalls).toEqual([
      {
        type: "tool-call",
        callId: "a",
        name: "find",
        input: {},
        providerData: { acme: { thought: "t" } },
      },
      { type: "tool-call", callId: "b", name: "score", input: { n: 2 } },
    ]);
  });

  it("takes null for an input", () => {
    const { toolCalls } = assemble(
      { type: "tool-call-start", callId: "a", name: "find" },
      { type: "tool-call-end", callId: "a", name: "find", input: null },
    );
    expect(toolCalls[0]?.input).toBeNull();
  });

  it("forgets what came before a restart, and names the model that took over", () => {
    const result = assemble(
      { type: "text-delta", text: "The first model began" },
      { type: "tool-call-start", callId: "a", name: "find" },
      {
        type: "restart",
        provider: "other",
        modelId: "two",
        errorCode: "model.stream_cut",
        warnings: [],
        rateLimits: [],
      },
      { type: "text-delta", text: "The second wrote all of it." },
    );

    expect(result).toMatchObject({
      provider: "other",
      modelId: "two",
      text: "The second wrote all of it.",
      toolCalls: [],
      warnings: [],
    });
    expect(result).not.toHaveProperty("requestId");
  });

  it("has no result before the finish", () => {
    const unfinished = new AnswerAssembler();
    unfinished.push(start);
    expect(() => unfinished.result()).toThrow(/not finished/);
  });

  it("refuses a finish without a start", () => {
    expect(() => new AnswerAssembler().push(finish)).toThrow(
      expect.objectContaining({ code: "model.malformed_response" }),
    );
  });

  it("refuses a tool call that ends without a start, or never ends", () => {
    const unsound: readonly ModelEvent[] = [
      { type: "tool-call-end", callId: "x", name: "find", input: {} },
      { type: "tool-call-start", callId: "y", name: "find" },
    ];
    for (const event of unsound) {
      expect(() => assemble(event)).toThrow(
        expect.objectContaining({
          code: "model.malformed_response",
          facts: expect.objectContaining({ provider: "acme", modelId: "one" }),
        }),
      );
    }
  });
});
