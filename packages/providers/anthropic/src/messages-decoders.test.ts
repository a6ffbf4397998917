import type { JsonObject, ModelEvent } from "@salesagent/ports";
import { type AnswerEnd, WireFailure } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import { createWholeMessagesDecoder, StreamedMessagesDecoder } from "./messages-decoders.js";
import {
  block,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  richStream,
  streamOf,
  textBlock,
  toolBlock,
} from "./testing/recordings.js";

const options = { createId: () => "made-up", outputTool: undefined };

interface Read {
  readonly events: ModelEvent[];
  readonly end: AnswerEnd;
}

function read(pieces: readonly Uint8Array[], outputTool?: string): Read {
  const decoder = new StreamedMessagesDecoder({ ...options, outputTool });
  const events: ModelEvent[] = [];
  for (const piece of pieces) decoder.push(piece, events);
  return { events, end: decoder.end(events) };
}

const readEvents = (...events: readonly JsonObject[]) => read([streamOf(...events)]);

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
  it("brings thinking with its proofs, text and parallel calls, in the vendor's order", () => {
    const { events, end } = readEvents(...richStream);
    expect(events).toEqual([
      { type: "reasoning-delta", text: "Zürich first" },
      { type: "reasoning-delta", text: ", then 東京." },
      {
        type: "reasoning-delta",
        text: "",
        providerData: { anthropic: { type: "thinking", signature: "EqQBCg==" } },
      },
      {
        type: "reasoning-delta",
        text: "",
        providerData: { anthropic: { type: "redacted_thinking", data: "b64data==" } },
      },
      { type: "text-delta", text: "Let me " },
      { type: "text-delta", text: "look 🎯." },
      { type: "tool-call-start", callId: "toolu_1", name: "lookup" },
      { type: "tool-call-delta", callId: "toolu_1", argumentsText: '{"domain": "zü' },
      { type: "tool-call-delta", callId: "toolu_1", argumentsText: 'rich.example"}' },
      { type: "tool-call-end", callId: "toolu_1", name: "lookup", input: { domain: "zürich.example" } },
      { type: "tool-call-start", callId: "toolu_2", name: "now" },
      { type: "tool-call-delta", callId: "toolu_2", argumentsText: "{}" },
      { type: "tool-call-end", callId: "toolu_2", name: "now", input: {} },
    ]);
    expect(end).toEqual({
      reason: "tool-calls",
      usage: {
        inputTokens: 163,
        cachedInputTokens: 100,
        cacheWriteTokens: 20,
        outputTokens: 89,
        reasoningTokens: 12,
      },
    });
  });

  it("is the same wherever its bytes are cut", () => {
    const bytes = streamOf(...richStream);
    const whole = read([bytes]);
    for (let at = 1; at < bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(whole);
    }
  });

  it("is a failure wherever it breaks off before its end", () => {
    const bytes = streamOf(...richStream);
    for (let at = 0; at < bytes.length - 1; at++) {
      expect(failureOf(() => read([bytes.subarray(0, at)])).kind, `cut at ${at}`).toBe("cut");
    }
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content-filter"],
    ["pause_turn", "other"],
    ["a_later_invention", "other"],
  ])("ends for %s with the reason %s", (wire, reason) => {
    const { end } = readEvents(messageStart, ...textBlock(0, "Hi"), messageDelta(wire), messageStop);
    expect(end.reason).toBe(reason);
  });

  it("takes a refusal without any content", () => {
    const { events, end } = readEvents(messageStart, ping, messageDelta("refusal"), messageStop);
    expect(events).toEqual([]);
    expect(end.reason).toBe("content-filter");
  });

  it("needs a stop reason besides the end mark", () => {
    expect(failureOf(() => readEvents(messageStart, ...textBlock(0, "Hi"), messageStop)).kind).toBe("cut");
  });

  it("passes over blocks that it does not know, their deltas included", () => {
    const { events, end } = readEvents(
      messageStart,
      ...block(
        0,
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
        { type: "input_json_delta", partial_json: '{"query":"figma"}' },
      ),
      ...block(1, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "x" }] }),
      ...block(
        2,
        { type: "text", text: "" },
        { type: "citations_delta", citation: { url: "https://a.example" } },
        { type: "text_delta", text: "Found." },
      ),
      messageDelta("end_turn"),
      messageStop,
    );
    expect(events).toEqual([{ type: "text-delta", text: "Found." }]);
    expect(end.reason).toBe("stop");
  });

  it("ignores a second message_start, and takes the last count of each kind", () => {
    const { end } = readEvents(
      messageStart,
      { type: "message_start", message: { usage: { input_tokens: 9_999 } } },
      ...textBlock(0, "Hi"),
      messageDelta("end_turn", { input_tokens: 31_772, cache_read_input_tokens: null, output_tokens: 5 }),
      messageStop,
    );
    expect(end.usage).toMatchObject({ inputTokens: 31_772 + 120, cachedInputTokens: 100, outputTokens: 5 });
    const again = { type: "message_start", message: { usage: { input_tokens: 9_999 } } };
    const quiet = readEvents(
      messageStart,
      again,
      ...textBlock(0, "Hi"),
      messageDelta("end_turn"),
      messageStop,
    );
    expect(quiet.end.usage.inputTokens).toBe(163);
  });

  it("adds the fee of the vendor's web searches", () => {
    const usage = { output_tokens: 5, server_tool_use: { web_search_requests: 3 } };
    const { end } = readEvents(
      messageStart,
      ...textBlock(0, "Hi"),
      messageDelta("end_turn", usage),
      messageStop,
    );
    expect(end.feesUsd).toBeCloseTo(0.03, 10);
  });

  it.each<[string, JsonObject]>([
    [
      "wrapped",
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
    ],
    ["without a type", { error: { type: "overloaded_error", message: "Overloaded" } }],
  ])("fails for an error told inside it, %s", (_, error) => {
    const init = failureOf(() => readEvents(messageStart, ...textBlock(0, "Hi"), error));
    expect(init).toMatchObject({
      kind: "in-band",
      vendorCode: "overloaded_error",
      vendorMessage: "Overloaded",
    });
  });

  it("fails for a flat error under the name of an error", () => {
    const flat = 'event: error\ndata: {"type":"overloaded_error","message":"Overloaded"}\n\n';
    const init = failureOf(() => read([streamOf(messageStart), new TextEncoder().encode(flat)]));
    expect(init).toMatchObject({ kind: "in-band", vendorCode: "overloaded_error" });
  });

  it("fails for an event that is no JSON", () => {
    const bad = new TextEncoder().encode("event: ping\ndata: {oops\n\n");
    expect(failureOf(() => read([streamOf(messageStart), bad])).kind).toBe("malformed");
  });

  it("fails a call whose arguments are no JSON at its end, when the usage is known", () => {
    const decoder = new StreamedMessagesDecoder(options);
    const bytes = streamOf(
      messageStart,
      ...toolBlock(0, "toolu_1", "lookup", '{"domain": "fig'),
      messageDelta("max_tokens"),
      messageStop,
    );
    decoder.push(bytes, []);
    expect(failureOf(() => decoder.end([]))).toEqual({
      kind: "tool-call",
      toolCall: { tool: "lookup", argumentsText: '{"domain": "fig' },
    });
    expect(decoder.usage().outputTokens).toBe(30);
  });

  it("makes an id for a call that comes without one", () => {
    const { events } = readEvents(
      messageStart,
      ...toolBlock(0, "", "now", "{}"),
      messageDelta("tool_use"),
      messageStop,
    );
    expect(events[0]).toEqual({ type: "tool-call-start", callId: "made-up", name: "now" });
  });

  it("brings the arguments of the forced output tool as the text of the answer", () => {
    const bytes = streamOf(
      messageStart,
      ...toolBlock(0, "toolu_1", "score", '{"score"', ":87}"),
      messageDelta("tool_use"),
      messageStop,
    );
    const { events, end } = read([bytes], "score");
    expect(events).toEqual([
      { type: "text-delta", text: '{"score"' },
      { type: "text-delta", text: ":87}" },
    ]);
    expect(end.reason).toBe("stop");
  });
});

describe("a whole answer", () => {
  const readWhole = (body: string | JsonObject) => {
    const decoder = createWholeMessagesDecoder(options);
    decoder.push(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)), []);
    const events: ModelEvent[] = [];
    return { end: decoder.end(events), events };
  };

  it("brings the same parts as a stream, one delta each", () => {
    const { events, end } = readWhole({
      type: "message",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "EqQBCg==" },
        { type: "text", text: "Look." },
        { type: "tool_use", id: "toolu_1", name: "lookup", input: { domain: "a.example" } },
        { type: "tool_use", id: "toolu_2", name: "now", input: {} },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 10, output_tokens: 5 },
    });
    expect(events.map((event) => event.type)).toEqual([
      "reasoning-delta",
      "reasoning-delta",
      "text-delta",
      ...["tool-call-start", "tool-call-delta", "tool-call-end"],
      ...["tool-call-start", "tool-call-delta", "tool-call-end"],
    ]);
    expect(events[5]).toMatchObject({ input: { domain: "a.example" } });
    expect(end).toEqual({ reason: "tool-calls", usage: { inputTokens: 10, outputTokens: 5 } });
  });

  it.each([
    ["an error body", '{"type":"error","error":{"type":"api_error","message":"x"}}', "in-band"],
    ["a document that breaks off", '{"type":"message","content":[', "cut"],
    ["text that is no document", "upstream connect error", "malformed"],
    ["a message without a stop reason", '{"type":"message","content":[]}', "cut"],
  ])("fails for %s", (_, body, kind) => {
    expect(failureOf(() => readWhole(body)).kind).toBe(kind);
  });
});
