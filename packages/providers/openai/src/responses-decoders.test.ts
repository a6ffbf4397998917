import { readdirSync, readFileSync } from "node:fs";
import type { JsonObject, JsonValue, ModelEvent } from "@salesagent/ports";
import { WireFailure } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import { createWholeResponsesDecoder, StreamedResponsesDecoder } from "./responses-decoders.js";

const folder = new URL("./__fixtures__/", import.meta.url);
const fixtures = readdirSync(folder).map((file) => ({
  name: file,
  text: readFileSync(new URL(file, folder), "utf8"),
}));
const encoder = new TextEncoder();

function read(pieces: readonly Uint8Array[]) {
  const decoder = new StreamedResponsesDecoder();
  const events: ModelEvent[] = [];
  for (const bytes of pieces) if (decoder.push(bytes, events)) break;
  const end = decoder.end(events);
  return { events, end };
}

const readText = (text: string) => read([encoder.encode(text)]);
const readEvents = (...events: readonly JsonObject[]) =>
  readText(events.map((event) => `event: ${event["type"]}\ndata: ${JSON.stringify(event)}\n\n`).join(""));

function readWhole(response: JsonValue) {
  const decoder = createWholeResponsesDecoder();
  const events: ModelEvent[] = [];
  decoder.push(encoder.encode(JSON.stringify(response)), []);
  const end = decoder.end(events);
  return { events, end };
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

/** The parts of an answer, however they were cut into deltas. */
function partsOf(events: readonly ModelEvent[]) {
  const join = (type: ModelEvent["type"]) =>
    events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  const calls = events.flatMap((event) =>
    event.type === "tool-call-end" ? [[event.callId, event.name, event.input]] : [],
  );
  const replays = events.flatMap((event) =>
    "providerData" in event && event.providerData ? [event.providerData] : [],
  );
  return {
    text: join("text-delta"),
    reasoning: join("reasoning-delta"),
    calls,
    replays,
  };
}

const message = (content: JsonValue): JsonObject => ({
  type: "message",
  id: "msg_1",
  role: "assistant",
  content,
});
const done = (fields: JsonObject): JsonObject => ({ status: "completed", output: [], ...fields });
const refusal = { type: "response.refusal.delta", output_index: 0, delta: "I can't." };

describe("StreamedResponsesDecoder", () => {
  it.each(fixtures)("reads $name", ({ text, name }) => {
    expect(readText(text)).toMatchSnapshot(name);
  });

  it.each(fixtures)("gives the same events wherever the bytes of $name are cut in two", ({ text }) => {
    const bytes = encoder.encode(text);
    const whole = readText(text);
    for (let at = 1; at < bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });

  it.each(fixtures)(
    "gives the same events for $name byte by byte with CRLF, comments and a mark",
    ({ text }) => {
      const dressed = `\ufeff${text.replaceAll("\n\n", "\n: comment\n\n: another\n").replaceAll("\n", "\r\n")}`;
      const bytes = [...encoder.encode(dressed)].map((byte) => Uint8Array.of(byte));
      expect(read(bytes)).toEqual(readText(text));
    },
  );

  it.each(fixtures)("never takes $name for whole before its last event", ({ text }) => {
    const bytes = encoder.encode(text);
    const last = encoder.encode(text.slice(0, text.indexOf("event: response.completed"))).length;
    for (let at = 0; at < last; at += 7) {
      expect(failureOf(() => read([bytes.subarray(0, at)])).kind).toBe("cut");
    }
    expect(failureOf(() => read([bytes.subarray(0, bytes.length - 20)])).kind).toBe("cut");
  });

  it.each(fixtures)("reads from the last event of $name what did not come in pieces", ({ text }) => {
    const last = text.slice(text.indexOf("event: response.completed"));
    const whole = partsOf(readText(text).events);
    expect(partsOf(readText(last).events)).toMatchObject({
      text: whole.text,
      reasoning: whole.reasoning,
      calls: whole.calls,
    });
  });

  it("reads a last event without its blank line", () => {
    const text = fixtures[0]?.text ?? "";
    expect(readText(text.trimEnd())).toEqual(readText(text));
  });

  it.each([
    ["max_output_tokens", "length"],
    ["content_filter", "content-filter"],
    ["something_new", "other"],
  ])("reads an answer that is incomplete for %s", (reason, expected) => {
    const { end } = readEvents({
      type: "response.incomplete",
      response: {
        status: "incomplete",
        incomplete_details: { reason },
        usage: { input_tokens: 3, output_tokens: 5, output_tokens_details: { reasoning_tokens: 5 } },
      },
    });
    expect(end).toEqual({
      reason: expected,
      usage: { inputTokens: 3, outputTokens: 5, reasoningTokens: 5 },
    });
  });

  it("shows a refusal as text and tells it as filtered content", () => {
    const { events, end } = readEvents(refusal, { type: "response.completed", response: done({}) });
    expect(events).toEqual([{ type: "text-delta", text: "I can't." }]);
    expect(end.reason).toBe("content-filter");
  });

  it.each<[string, JsonObject, string | undefined]>([
    [
      "error",
      { type: "error", code: "rate_limit_exceeded", message: "slow", param: null },
      "rate_limit_exceeded",
    ],
    [
      "error with a wrapper",
      { type: "error", error: { type: "insufficient_quota", code: "insufficient_quota", message: "slow" } },
      "insufficient_quota",
    ],
    [
      "response.failed",
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "server_error", message: "slow" } },
      },
      "server_error",
    ],
    ["an error of chat completions", { error: { code: "server_error", message: "slow" } }, "server_error"],
  ])("fails on %s", (_, event, vendorCode) => {
    const failure = failureOf(() => readEvents(event));
    expect(failure).toMatchObject({ kind: "in-band", vendorMessage: "slow" });
    expect(failure.vendorCode).toBe(vendorCode);
  });

  it("keeps the usage of a response that failed", () => {
    const decoder = new StreamedResponsesDecoder();
    const response = {
      status: "failed",
      error: { code: "server_error", message: "x" },
      usage: { input_tokens: 4 },
    };
    const bytes = encoder.encode(`data: ${JSON.stringify({ type: "response.failed", response })}\n\n`);
    expect(failureOf(() => decoder.push(bytes, [])).kind).toBe("in-band");
    expect(decoder.usage()).toEqual({ inputTokens: 4 });
  });

  it("refuses arguments that are not JSON and keeps their text", () => {
    const item = { type: "function_call", call_id: "c", name: "f", arguments: '{"n":' };
    const failing = () => readEvents({ type: "response.output_item.done", output_index: 0, item });
    expect(failureOf(failing)).toMatchObject({
      kind: "tool-call",
      toolCall: { tool: "f", argumentsText: '{"n":' },
    });
  });

  it("passes over events and items that came later than this package", () => {
    const { events } = readEvents(
      { type: "response.new_thing.delta", delta: "?" },
      { type: "response.output_item.added", output_index: 0, item: { type: "web_search_call", id: "ws_1" } },
      { type: "response.output_item.done", output_index: 0, item: { type: "web_search_call", id: "ws_1" } },
      { type: "response.completed", response: done({}) },
    );
    expect(events).toEqual([]);
  });

  it("fails on an event that is not JSON", () => {
    expect(failureOf(() => readText("data: nope\n\n"))).toMatchObject({ kind: "malformed" });
  });
});

describe("createWholeResponsesDecoder", () => {
  it("reads text, reasoning, calls and usage", () => {
    const { events, end } = readWhole(
      done({
        output: [
          {
            type: "reasoning",
            id: "rs_1",
            summary: [{ type: "summary_text", text: "hm" }],
            encrypted_content: "e",
          },
          message([{ type: "output_text", text: "Hi" }]),
          { type: "function_call", call_id: "c1", name: "now", arguments: "" },
        ],
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    );
    expect(partsOf(events)).toEqual({
      text: "Hi",
      reasoning: "hm",
      calls: [["c1", "now", {}]],
      replays: [
        {
          openai: {
            type: "reasoning",
            id: "rs_1",
            summary: [{ type: "summary_text", text: "hm" }],
            encrypted_content: "e",
          },
        },
      ],
    });
    expect(end).toEqual({ reason: "tool-calls", usage: { inputTokens: 1, outputTokens: 2 } });
  });

  it("reads a refusal", () => {
    expect(readWhole(done({ output: [message([{ type: "refusal", refusal: "No." }])] })).end.reason).toBe(
      "content-filter",
    );
  });

  it.each<[string, JsonValue, string]>([
    ["an error under 200", { error: { message: "x", code: "y" } }, "in-band"],
    ["a failed response", { status: "failed", error: { message: "x", code: "y" }, output: [] }, "in-band"],
    ["a cancelled response", { status: "cancelled", output: [] }, "in-band"],
    ["a response still under way", { status: "in_progress", output: [] }, "cut"],
    ["something else", 5, "malformed"],
  ])("fails on %s", (_, response, kind) => {
    expect(failureOf(() => readWhole(response)).kind).toBe(kind);
  });
});
