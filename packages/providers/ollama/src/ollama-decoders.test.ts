import type { JsonObject, ModelEvent } from "@salesagent/ports";
import { type AnswerEnd, WireFailure } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import type { OllamaAnswerOptions } from "./ollama-answer.js";
import { createWholeOllamaDecoder, StreamedOllamaDecoder } from "./ollama-decoders.js";

const head = { model: "qwen3:8b", created_at: "2026-08-21T10:00:00.000000Z" };

const line = (message: JsonObject): JsonObject => ({
  ...head,
  message: { role: "assistant", content: "", ...message },
  done: false,
});

const last = (fields: JsonObject = {}): JsonObject => ({
  ...head,
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  total_duration: 174_560_334,
  prompt_eval_count: 40,
  eval_count: 12,
  ...fields,
});

const call = (name: string, args: JsonObject | string, id?: string): JsonObject => ({
  ...(id === undefined ? {} : { id }),
  function: { index: 0, name, arguments: args },
});

const rich = [
  line({ thinking: "Zürich first, " }),
  line({ thinking: "then 東京." }),
  line({ content: "Let me " }),
  line({ content: "look 🎯." }),
  line({ tool_calls: [call("lookup", { domain: "zürich.example" }, "call_a")] }),
  line({ tool_calls: [call("now", {}), call("now", {}, "call_a")] }),
  last(),
];

const bytesOf = (lines: readonly JsonObject[], end = "\n") =>
  new TextEncoder().encode(lines.map((entry) => JSON.stringify(entry)).join("\n") + end);

function options(more: Partial<OllamaAnswerOptions> = {}): OllamaAnswerOptions {
  let made = 0;
  return {
    createId: () => `made-${++made}`,
    free: true,
    promptChars: 160,
    contextTokens: undefined,
    ...more,
  };
}

interface Read {
  readonly events: ModelEvent[];
  readonly end: AnswerEnd;
}

function read(pieces: readonly Uint8Array[], more?: Partial<OllamaAnswerOptions>): Read {
  const decoder = new StreamedOllamaDecoder(options(more));
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
  it("brings thinking, text and whole calls, each with an id of its own", () => {
    const { events, end } = read([bytesOf(rich)]);
    expect(events).toEqual([
      { type: "reasoning-delta", text: "Zürich first, " },
      { type: "reasoning-delta", text: "then 東京." },
      { type: "text-delta", text: "Let me " },
      { type: "text-delta", text: "look 🎯." },
      { type: "tool-call-start", callId: "call_a", name: "lookup" },
      { type: "tool-call-delta", callId: "call_a", argumentsText: '{"domain":"zürich.example"}' },
      { type: "tool-call-end", callId: "call_a", name: "lookup", input: { domain: "zürich.example" } },
      ...["made-1", "made-2"].flatMap((callId): ModelEvent[] => [
        { type: "tool-call-start", callId, name: "now" },
        { type: "tool-call-delta", callId, argumentsText: "{}" },
        { type: "tool-call-end", callId, name: "now", input: {} },
      ]),
    ]);
    expect(end).toEqual({
      reason: "tool-calls",
      usage: { inputTokens: 40, outputTokens: 12 },
      toldCostUsd: 0,
      warnings: [],
    });
  });

  it("is the same wherever its bytes are cut, with and without a last line end", () => {
    const whole = read([bytesOf(rich)]);
    for (const end of ["\n", ""]) {
      const bytes = bytesOf(rich, end);
      for (let at = 1; at < bytes.length; at++) {
        expect(read([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(whole);
      }
    }
  });

  it("is a failure wherever it breaks off before its last line", () => {
    const bytes = bytesOf(rich, "");
    for (let at = 0; at < bytes.length; at++) {
      expect(failureOf(() => read([bytes.subarray(0, at)])).kind, `cut at ${at}`).toBe("cut");
    }
  });

  it.each<[string, JsonObject, string]>([
    ["stop", {}, "stop"],
    ["length", { done_reason: "length" }, "length"],
    ["load", { done_reason: "load" }, "other"],
    ["an old server that says no reason", { done_reason: "" }, "other"],
  ])("ends for %s", (_, fields, reason) => {
    expect(read([bytesOf([line({ content: "Hi" }), last(fields)])]).end.reason).toBe(reason);
  });

  it("does not know counts that are not told, and is free all the same", () => {
    const { prompt_eval_count: _, eval_count: __, ...untold } = last();
    const { end } = read([bytesOf([line({ content: "Hi" }), untold])]);
    expect(end).toMatchObject({ usage: {}, toldCostUsd: 0 });
  });

  it("warns when the server cut the prompt", () => {
    const bytes = bytesOf([line({ content: "Hi" }), last({ prompt_eval_count: 4_096 })]);
    expect(read([bytes], { promptChars: 40_000 }).end.warnings?.[0]?.field).toBe("messages");
  });

  it("fails for a line with an error, wherever it comes", () => {
    const error = { error: "llama runner process has terminated: exit status 2" };
    expect(failureOf(() => read([bytesOf([line({ content: "Hi" }), error])]))).toMatchObject({
      kind: "in-band",
      vendorMessage: error.error,
    });
  });

  it("fails for a line that is no JSON", () => {
    expect(failureOf(() => read([new TextEncoder().encode("<html>\n")])).kind).toBe("malformed");
  });

  it("reads arguments that come as text, and keeps those that are no JSON", () => {
    const good = read([bytesOf([line({ tool_calls: [call("now", '{"zone":"UTC"}')] }), last()])]);
    expect(good.events[2]).toMatchObject({ input: { zone: "UTC" } });
    const bad = bytesOf([line({ tool_calls: [call("now", '{"zone"')] }), last()]);
    expect(failureOf(() => read([bad])).toolCall).toEqual({ tool: "now", argumentsText: '{"zone"' });
  });
});

describe("a whole answer", () => {
  const readWhole = (body: string) => {
    const decoder = createWholeOllamaDecoder(options());
    decoder.push(new TextEncoder().encode(body), []);
    const events: ModelEvent[] = [];
    return { end: decoder.end(events), events };
  };

  it("brings the same parts as a stream", () => {
    const message = { content: "Hi", thinking: "Hm.", tool_calls: [call("now", {})] };
    const { events, end } = readWhole(JSON.stringify(last({ message })));
    expect(events.map((event) => event.type)).toEqual([
      ...["reasoning-delta", "text-delta"],
      ...["tool-call-start", "tool-call-delta", "tool-call-end"],
    ]);
    expect(end.reason).toBe("tool-calls");
  });

  it.each([
    ["an error", '{"error":"x"}', "in-band"],
    ["a document that breaks off", '{"message":{"content":"H', "cut"],
    ["a document that is not the end", '{"message":{"content":"Hi"},"done":false}', "cut"],
    ["null", "null", "malformed"],
  ])("fails for %s", (_, body, kind) => {
    expect(failureOf(() => readWhole(body)).kind).toBe(kind);
  });
});
