import type { JsonObject, ModelEvent } from "@salesagent/ports";
import { type AnswerEnd, WireFailure } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import { createWholeGeminiDecoder, StreamedGeminiDecoder } from "./gemini-decoders.js";

const usage = (fields: JsonObject = {}): JsonObject => ({
  promptTokenCount: 40,
  cachedContentTokenCount: 10,
  candidatesTokenCount: 12,
  thoughtsTokenCount: 30,
  totalTokenCount: 82,
  ...fields,
});

/** An event with these parts. */
function chunk(parts: readonly JsonObject[], finishReason?: string, fields: JsonObject = {}): JsonObject {
  const content = { role: "model", ...(parts.length > 0 ? { parts } : {}) };
  return {
    candidates: [{ content, ...(finishReason ? { finishReason } : {}), index: 0 }],
    usageMetadata: usage(),
    modelVersion: "gemini-3.8-flash",
    responseId: "r1",
    ...fields,
  };
}

const streamOf = (...chunks: readonly JsonObject[]) =>
  new TextEncoder().encode(chunks.map((data) => `data: ${JSON.stringify(data)}\r\n\r\n`).join(""));

const call = (fields: JsonObject, more: JsonObject = {}): JsonObject => ({ functionCall: fields, ...more });

/** Thoughts, signed text, two calls in one event and the trailing empty part of newer models. */
const rich = [
  chunk([{ text: "Zürich first, then 東京.", thought: true }]),
  chunk([{ text: "Let me look 🎯." }, { text: "", thoughtSignature: "sigText" }]),
  chunk([
    call({ id: "fc_1", name: "lookup", args: { domain: "zürich.example" } }, { thoughtSignature: "sigCall" }),
    call({ name: "now", args: {} }),
  ]),
  chunk([{ text: "" }], "STOP"),
];

function makeIds(): () => string {
  let made = 0;
  return () => `made-${++made}`;
}

interface Read {
  readonly events: ModelEvent[];
  readonly end: AnswerEnd;
}

function read(...pieces: readonly Uint8Array[]): Read {
  const decoder = new StreamedGeminiDecoder(makeIds());
  const events: ModelEvent[] = [];
  for (const piece of pieces) decoder.push(piece, events);
  return { events, end: decoder.end(events) };
}

function failureOf(run: () => unknown): WireFailure["init"] {
  try {
    run();
  } catch (error) {
    if (error instanceof WireFailure) return error.init;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("a streamed answer", () => {
  it("brings thoughts, text and calls with what must be sent back", () => {
    const { events, end } = read(streamOf(...rich));
    expect(events).toEqual([
      { type: "reasoning-delta", text: "Zürich first, then 東京." },
      { type: "text-delta", text: "Let me look 🎯." },
      {
        type: "text-delta",
        text: "",
        providerData: { gemini: { thoughtSignature: "sigText", signedChars: 0 } },
      },
      { type: "tool-call-start", callId: "fc_1", name: "lookup" },
      { type: "tool-call-delta", callId: "fc_1", argumentsText: '{"domain":"zürich.example"}' },
      {
        type: "tool-call-end",
        callId: "fc_1",
        name: "lookup",
        input: { domain: "zürich.example" },
        providerData: { gemini: { id: "fc_1", thoughtSignature: "sigCall" } },
      },
      { type: "tool-call-start", callId: "made-1", name: "now" },
      { type: "tool-call-delta", callId: "made-1", argumentsText: "{}" },
      { type: "tool-call-end", callId: "made-1", name: "now", input: {} },
    ]);
    expect(end).toEqual({
      reason: "tool-calls",
      usage: { inputTokens: 40, cachedInputTokens: 10, outputTokens: 42, reasoningTokens: 30 },
    });
  });

  it("is the same wherever its bytes are cut", () => {
    const bytes = streamOf(...rich);
    const whole = read(bytes);
    for (let at = 1; at < bytes.length; at++) {
      expect(read(bytes.subarray(0, at), bytes.subarray(at)), `cut at ${at}`).toEqual(whole);
    }
  });

  it("is a failure wherever it breaks off before its finish reason", () => {
    const bytes = streamOf(...rich);
    for (let at = 0; at < bytes.length - 3; at++) {
      expect(failureOf(() => read(bytes.subarray(0, at))).kind, `cut at ${at}`).toBe("cut");
    }
  });

  it.each([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content-filter"],
    ["RECITATION", "content-filter"],
    ["BLOCKLIST", "content-filter"],
    ["PROHIBITED_CONTENT", "content-filter"],
    ["SPII", "content-filter"],
    ["IMAGE_SAFETY", "content-filter"],
    ["A_LATER_INVENTION", "other"],
  ])("ends for %s with the reason %s", (wire, reason) => {
    expect(read(streamOf(chunk([{ text: "Hi" }], wire))).end.reason).toBe(reason);
  });

  it("takes an answer that was all thoughts", () => {
    const spent = chunk([], "MAX_TOKENS", {
      usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 100, totalTokenCount: 109 },
    });
    const { events, end } = read(streamOf(spent));
    expect(events).toEqual([]);
    expect(end).toEqual({
      reason: "length",
      usage: { inputTokens: 9, outputTokens: 100, reasoningTokens: 100 },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      "adds what tools put into the prompt",
      { promptTokenCount: 40, toolUsePromptTokenCount: 60, candidatesTokenCount: 5, totalTokenCount: 105 },
      { inputTokens: 100, outputTokens: 5 },
    ],
    [
      "counts as output what only the total holds",
      { promptTokenCount: 35, candidatesTokenCount: 12, totalTokenCount: 109 },
      { inputTokens: 35, outputTokens: 74 },
    ],
    [
      "adds thoughts to the answer without a total",
      { promptTokenCount: 40, candidatesTokenCount: 12, thoughtsTokenCount: 30 },
      { inputTokens: 40, outputTokens: 42, reasoningTokens: 30 },
    ],
    ["knows nothing without the prompt's count", { totalTokenCount: 9 }, {}],
  ])("%s", (_, usageMetadata, normal) => {
    expect(read(streamOf(chunk([{ text: "Hi" }], "STOP", { usageMetadata }))).end.usage).toEqual(normal);
  });

  it("assembles calls that come piece by piece, one after another", () => {
    const { events } = read(
      streamOf(
        chunk([call({ name: "weather", willContinue: true }, { thoughtSignature: "sig" })]),
        chunk([
          call({
            partialArgs: [{ jsonPath: "$.location", stringValue: "Bos", willContinue: true }],
            willContinue: true,
          }),
        ]),
        chunk([
          call({
            partialArgs: [{ jsonPath: "$.location", stringValue: "ton", willContinue: true }],
            willContinue: true,
          }),
        ]),
        chunk([call({ partialArgs: [{ jsonPath: "$.location", stringValue: "" }], willContinue: true })]),
        chunk([call({})]),
        chunk([call({ name: "weather", willContinue: true })]),
        chunk([call({ partialArgs: [{ jsonPath: "$.days[0]", numberValue: 3 }], willContinue: true })]),
        chunk([{ text: "" }], "STOP"),
      ),
    );
    const ends = events.filter((event) => event.type === "tool-call-end");
    expect(ends).toEqual([
      {
        type: "tool-call-end",
        callId: "made-1",
        name: "weather",
        input: { location: "Boston" },
        providerData: { gemini: { thoughtSignature: "sig" } },
      },
      { type: "tool-call-end", callId: "made-2", name: "weather", input: { days: [3] } },
    ]);
  });

  it("ends a call that never got its closing part when the next one begins", () => {
    const { events } = read(
      streamOf(
        chunk([call({ name: "first", willContinue: true })]),
        chunk([call({ partialArgs: [{ jsonPath: "$.a", boolValue: true }], willContinue: true })]),
        chunk([call({ name: "second", willContinue: true })]),
        chunk([], "STOP"),
      ),
    );
    const ends = events.filter((event) => event.type === "tool-call-end");
    expect(ends.map(({ name, input }) => ({ name, input }))).toEqual([
      { name: "first", input: { a: true } },
      { name: "second", input: {} },
    ]);
  });

  it("fails for a blocked prompt", () => {
    const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: usage() };
    expect(failureOf(() => read(streamOf(blocked)))).toMatchObject({
      kind: "in-band",
      vendorCode: "PROHIBITED_CONTENT",
    });
  });

  it.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"])(
    "fails for %s with what the vendor says of it",
    (finishReason) => {
      const bad = { candidates: [{ content: {}, finishReason, finishMessage: "call:lookup{" }] };
      expect(failureOf(() => read(streamOf(bad)))).toEqual({
        kind: "tool-call",
        toolCall: { tool: "(unnamed)", argumentsText: "call:lookup{" },
      });
    },
  );

  it("fails for an error told inside it", () => {
    const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
    expect(failureOf(() => read(streamOf(chunk([{ text: "Hi" }]), error)))).toMatchObject({
      kind: "in-band",
      status: 503,
      vendorCode: "UNAVAILABLE",
    });
  });

  it("passes over parts of other kinds", () => {
    const parts = [{ executableCode: { code: "1+1" } }, { inlineData: { data: "aGk=" } }, { text: "2" }];
    expect(read(streamOf(chunk(parts, "STOP"))).events).toEqual([{ type: "text-delta", text: "2" }]);
  });
});

describe("a whole answer", () => {
  it("brings the same parts as a stream", () => {
    const decoder = createWholeGeminiDecoder(makeIds());
    const parts = [{ text: "Hm.", thought: true }, { text: "Hi" }, call({ name: "now" })];
    decoder.push(new TextEncoder().encode(JSON.stringify(chunk(parts, "STOP"))), []);
    const events: ModelEvent[] = [];
    expect(decoder.end(events).reason).toBe("tool-calls");
    expect(events.map((event) => event.type)).toEqual([
      ...["reasoning-delta", "text-delta"],
      ...["tool-call-start", "tool-call-delta", "tool-call-end"],
    ]);
  });
});
