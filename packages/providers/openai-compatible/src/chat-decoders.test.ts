import { readdirSync, readFileSync } from "node:fs";
import type { ModelEvent } from "@salesagent/ports";
import { type AnswerEnd, WireFailure } from "@salesagent/provider-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWholeChatDecoder, StreamedChatDecoder } from "./chat-decoders.js";
import { delta, HELLO, sseText } from "./testing/scripted-fetch.js";

const folder = new URL("./__fixtures__/", import.meta.url);
const fixtures = readdirSync(folder).map((file) => ({
  name: file,
  text: readFileSync(new URL(file, folder), "utf8"),
}));
const encoder = new TextEncoder();

interface Read {
  readonly events: readonly ModelEvent[];
  readonly end: AnswerEnd;
}

function read(pieces: readonly Uint8Array[], options: { acceptMissingReason?: boolean } = {}): Read {
  let made = 0;
  const decoder = new StreamedChatDecoder({
    provider: "vendor",
    createId: () => `made-${++made}`,
    acceptMissingReason: false,
    thinkTags: false,
    ...options,
  });
  const events: ModelEvent[] = [];
  for (const bytes of pieces) if (decoder.push(bytes, events)) break;
  const end = decoder.end(events);
  return { events, end };
}

const readText = (text: string, options = {}) => read([encoder.encode(text)], options);

/** Neighbouring deltas joined: how text is cut into deltas may follow how bytes were cut. */
function joined({ events, end }: Read): unknown {
  const parts: ModelEvent[] = [];
  for (const event of events) {
    const last = parts.at(-1);
    const sameText =
      (event.type === "text-delta" || event.type === "reasoning-delta") && last?.type === event.type;
    if (sameText && !event.providerData) parts[parts.length - 1] = { ...last, text: last.text + event.text };
    else parts.push(event);
  }
  return { parts, end };
}

/** What a failure says; fails the test when there is none. */
function failureOf(run: () => unknown): WireFailure["init"] {
  try {
    run();
  } catch (error) {
    if (error instanceof WireFailure) return error.init;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("StreamedChatDecoder", () => {
  it.each(fixtures)("reads $name", ({ text, name }) => {
    expect(joined(readText(text))).toMatchSnapshot(name);
  });

  it.each(fixtures)("gives the same events wherever the bytes of $name are cut in two", ({ text }) => {
    const bytes = encoder.encode(text);
    const whole = readText(text);
    for (let at = 1; at < bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });

  it.each(fixtures)("gives the same events for $name one byte at a time", ({ text }) => {
    const bytes = [...encoder.encode(text)].map((byte) => Uint8Array.of(byte));
    expect(read(bytes)).toEqual(readText(text));
  });

  it.each(fixtures)(
    "gives the same events for $name in any pieces, with CRLF, comments and a mark",
    ({ text }) => {
      const dressed = `\ufeff${text.replaceAll("\n\n", "\n: comment\n\n: another\n").replaceAll("\n", "\r\n")}\r\n`;
      const bytes = encoder.encode(dressed);
      const whole = readText(text);
      fc.assert(
        fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), (cuts) => {
          const ends = [...cuts.sort((a, b) => a - b), bytes.length];
          const pieces = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
          expect(read(pieces)).toEqual(whole);
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each(fixtures)("never takes $name for whole when it ends before its finish reason", ({ text }) => {
    const bytes = encoder.encode(text);
    const finish = encoder.encode(text.slice(0, text.search(/"finish_reason":\s*"/))).length;
    for (let at = 0; at < finish; at++) {
      expect(failureOf(() => read([bytes.subarray(0, at)])).kind).toBe("cut");
    }
  });

  it("takes an end without a finish reason for a cut, even behind [DONE]", () => {
    expect(failureOf(() => readText(sseText(delta({ content: "half" })))).kind).toBe("cut");
    expect(failureOf(() => readText(sseText(delta({ content: "half" }, "")))).kind).toBe("cut");
  });

  it("takes [DONE] for the end where the host says that the server sends no reason", () => {
    const text = sseText(delta({ content: "whole" }));
    expect(readText(text, { acceptMissingReason: true }).end.reason).toBe("stop");
    const cut = () => readText(text.replace("data: [DONE]", ""), { acceptMissingReason: true });
    expect(failureOf(cut).kind).toBe("cut");
  });

  it("needs no [DONE] when the finish reason came", () => {
    expect(readText(HELLO.replace("data: [DONE]\n\n", ""))).toEqual(readText(HELLO));
  });

  it("reads a last event without its blank line", () => {
    expect(readText(HELLO.replace("\n\ndata: [DONE]\n\n", ""))).toEqual(readText(HELLO));
  });

  it("takes half a JSON at the end for a cut, even behind the finish reason", () => {
    const half = HELLO.slice(0, HELLO.indexOf('"prompt_tokens"'));
    expect(failureOf(() => readText(half)).kind).toBe("cut");
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["tool_calls", "tool-calls"],
    ["function_call", "tool-calls"],
    ["content_filter", "content-filter"],
    ["constructor", "other"],
    ["eos_token", "other"],
  ])("maps the finish reason %s to %s", (wire, reason) => {
    expect(readText(sseText(delta({ content: "x" }, wire))).end.reason).toBe(reason);
  });

  it("tells of tool calls when the server says stop", () => {
    const call = { index: 0, id: "a", function: { name: "f", arguments: "{}" } };
    expect(readText(sseText(delta({ tool_calls: [call] }), delta({}, "stop"))).end.reason).toBe("tool-calls");
    expect(readText(sseText(delta({ tool_calls: [call] }), delta({}, "length"))).end.reason).toBe("length");
  });

  it("shows a refusal as text and tells it as filtered content", () => {
    const { events, end } = readText(
      sseText(delta({ content: null, refusal: "I can't." }), delta({}, "stop")),
    );
    expect(events).toEqual([{ type: "text-delta", text: "I can't." }]);
    expect(end.reason).toBe("content-filter");
  });

  it.each(["error", "insufficient_system_resource"])("takes the finish reason %s for a failure", (reason) => {
    const failure = failureOf(() => readText(sseText(delta({ content: "x" }), delta({}, reason))));
    expect(failure).toMatchObject({ kind: "in-band", vendorCode: reason });
  });

  it("keeps a code point whole whose halves come in two events", () => {
    const { events } = readText(
      sseText(
        delta({ reasoning: "\ud83d" }),
        delta({ reasoning: "\ude00" }),
        delta({ content: "hi \ud83d" }),
        {
          choices: [{ index: 0, delta: { content: "\ude00!" }, finish_reason: "stop" }],
        },
      ),
    );
    expect(events).toEqual([
      { type: "reasoning-delta", text: "😀" },
      { type: "text-delta", text: "hi " },
      { type: "text-delta", text: "😀!" },
    ]);
  });

  it("reads only the first of several choices", () => {
    const other = { choices: [{ index: 1, delta: { content: "other" }, finish_reason: "stop" }] };
    expect(readText(sseText(other, delta({ content: "mine" }, "stop"))).events).toEqual([
      { type: "text-delta", text: "mine" },
    ]);
    expect(failureOf(() => readText(sseText(other))).kind).toBe("cut");
  });

  it.each([
    ["wrapped", `data: {"error":{"message":"down","type":"server_error","code":"oops"}}\n\n`, "oops"],
    ["under event: error", `event: error\ndata: {"error":{"message":"down","code":"oops"}}\n\n`, "oops"],
    ["flat under event: error", `event: error\ndata: {"message":"down","code":"oops"}\n\n`, "oops"],
    ["flat", `data: {"message":"down","type":"t","code":"oops"}\n\n`, "oops"],
    [
      "flat, older vLLM",
      `data: {"object":"error","message":"down","type":"BadRequestError","code":400}\n\n`,
      "BadRequestError",
    ],
    ["with choices", `data: {"error":{"message":"down","code":"oops"},"choices":[{"delta":{}}]}\n\n`, "oops"],
    ["as text", `data: {"error":"down"}\n\n`, undefined],
    [
      "as plain JSON in place of events",
      `{"error":{"message":"down","type":"worker_error","code":null}}`,
      "worker_error",
    ],
  ])("fails on an error inside the stream: %s", (_, text, vendorCode) => {
    const failure = failureOf(() => readText(text));
    expect(failure).toMatchObject({ kind: "in-band", vendorMessage: "down" });
    expect(failure.vendorCode).toBe(vendorCode);
  });

  it("fails on an error that comes behind the finish reason, and keeps the usage beside it", () => {
    const decoder = new StreamedChatDecoder({
      provider: "vendor",
      createId: () => "id",
      acceptMissingReason: false,
      thinkTags: false,
    });
    const text = sseText(delta({}, "length"), delta({}, "length"), {
      error: { code: 400, message: "Token limit reached" },
      choices: [{ index: 0, delta: {}, finish_reason: null }],
      usage: { prompt_tokens: 7, completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 11 } },
    });
    expect(failureOf(() => decoder.push(encoder.encode(text), []))).toMatchObject({ status: 400 });
    expect(decoder.usage()).toEqual({ inputTokens: 7, outputTokens: 10, reasoningTokens: 10 });
  });

  it("fails on an event that is not JSON", () => {
    expect(failureOf(() => readText("data: {not json}\n\n"))).toMatchObject({ kind: "malformed" });
    expect(failureOf(() => readText("data: 5\n\n"))).toMatchObject({ kind: "malformed" });
  });

  it("reads an event of more than a megabyte and twenty thousand small ones", () => {
    const large = "x".repeat(1_200_000);
    const many = Array.from({ length: 20_000 }, () => delta({ content: "y" }));
    const { events } = readText(sseText(delta({ content: large }), ...many, delta({}, "stop")));
    expect(events).toHaveLength(20_001);
    expect(events[0]).toEqual({ type: "text-delta", text: large });
  });
});

describe("createWholeChatDecoder", () => {
  const whole = (body: unknown) => {
    const decoder = createWholeChatDecoder({
      provider: "vendor",
      createId: () => "made",
      acceptMissingReason: false,
      thinkTags: true,
    });
    const events: ModelEvent[] = [];
    decoder.push(encoder.encode(typeof body === "string" ? body : `\n\n\n${JSON.stringify(body)}`), []);
    const end = decoder.end(events);
    return { events, end };
  };

  it("reads a reply behind blank lines, with reasoning and whole tool calls without an index", () => {
    const message = {
      role: "assistant",
      reasoning: "why",
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: '{"n":1}' } }],
    };
    const { events, end } = whole({
      choices: [{ index: 0, message, finish_reason: "tool_calls" }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
    expect(events.map((event) => event.type)).toEqual([
      "reasoning-delta",
      "tool-call-start",
      "tool-call-delta",
      "tool-call-end",
    ]);
    expect(end).toEqual({ reason: "tool-calls", usage: { inputTokens: 3, outputTokens: 4 } });
  });

  it("takes reasoning out of think tags", () => {
    const message = { role: "assistant", content: "<think>\nhm\n</think>\n\nYes" };
    expect(whole({ choices: [{ message, finish_reason: "stop" }] }).events).toEqual([
      { type: "reasoning-delta", text: "\nhm\n" },
      { type: "text-delta", text: "Yes" },
    ]);
  });

  it("fails on an error with status 200, on half a document, and on something else", () => {
    expect(failureOf(() => whole({ error: { message: "no", code: "x" } }))).toMatchObject({
      kind: "in-band",
    });
    expect(failureOf(() => whole('{"choices":[{'))).toMatchObject({ kind: "cut" });
    expect(failureOf(() => whole("hello"))).toMatchObject({ kind: "malformed" });
    expect(failureOf(() => whole("7"))).toMatchObject({ kind: "malformed" });
    expect(
      failureOf(() => whole({ choices: [{ message: { content: "x" }, finish_reason: "" }] })),
    ).toMatchObject({
      kind: "cut",
    });
  });
});
