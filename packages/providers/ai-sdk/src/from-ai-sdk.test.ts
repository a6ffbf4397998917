import { inspect } from "node:util";
import { type ModelEvent, type ModelRequest, SalesAgentError, userMessage } from "@salesagent/ports";
import { type LanguageModel as AnyAiSdkModel, APICallError, LoadAPIKeyError, NoSuchModelError } from "ai";
import { MockLanguageModelV3, simulateReadableStream } from "ai/test";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { type AiSdkLanguageModel, fromAiSdk } from "./index.js";

type StreamPart =
  Awaited<ReturnType<MockLanguageModelV3["doStream"]>>["stream"] extends ReadableStream<infer P> ? P : never;

const ask: ModelRequest = { messages: [userMessage("Hi")] };
const USAGE = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 5, text: 5, reasoning: undefined },
};
const finish = (unified: "stop" | "tool-calls" | "other" | "error", raw?: string): StreamPart => ({
  type: "finish",
  finishReason: { unified, raw },
  usage: USAGE,
});
const STOP = finish("stop", "stop");

function streaming(parts: readonly StreamPart[], headers: Record<string, string> = {}) {
  return new MockLanguageModelV3({
    provider: "acme.chat",
    modelId: "one",
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [...parts],
        initialDelayInMs: null,
        chunkDelayInMs: null,
      }),
      response: { headers },
    }),
  });
}

const failing = (error: unknown) =>
  new MockLanguageModelV3({ provider: "acme.chat", modelId: "one", doStream: () => Promise.reject(error) });

async function eventsOf(parts: readonly StreamPart[]): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of fromAiSdk(streaming(parts)).stream(ask)) events.push(event);
  return events;
}

const bodyOf = async (parts: readonly StreamPart[]) => (await eventsOf(parts)).slice(1, -1);
const failureOf = (model: AiSdkLanguageModel, options = {}) =>
  fromAiSdk(model, options)
    .stream(ask)
    .result()
    .then(
      () => {
        throw new Error("expected a failure");
      },
      (error: unknown) => error,
    );

describe("fromAiSdk", () => {
  it("takes the AI SDK's own models without a cast", () => {
    type V2 = Extract<AnyAiSdkModel, { specificationVersion: "v2" }>;
    type V3 = Extract<AnyAiSdkModel, { specificationVersion: "v3" }>;
    expectTypeOf<V2>().toExtend<AiSdkLanguageModel>();
    expectTypeOf<V3>().toExtend<AiSdkLanguageModel>();
    expectTypeOf<MockLanguageModelV3>().toExtend<AiSdkLanguageModel>();
  });

  it("names provider and model, and takes the host's word for the profile", () => {
    const price = { input: 1, output: 2, asOf: "2026-11-01" };
    const model = fromAiSdk(streaming([]), { profile: { price, contextTokens: 1_000 } });
    expect(model).toMatchObject({ port: "language-model/1", provider: "acme", modelId: "one" });
    expect(model.profile).toMatchObject({ price, contextTokens: 1_000, locality: "cloud" });
    expect(fromAiSdk(streaming([]), { provider: "proxy" }).provider).toBe("proxy");
  });

  it.each([
    ["gpt-5", /the name "gpt-5"/],
    [undefined, /got undefined/],
    [{ specificationVersion: "v1" }, /specification "v1"/],
    [{}, /specification undefined/],
    [{ specificationVersion: "v3", doEmbed: () => {} }, /embedding model/],
  ])("refuses %j and says what it is", (given, words) => {
    const call = () => fromAiSdk(given as AiSdkLanguageModel);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(words);
  });

  it("passes the request on, and a signal that aborts with the caller's reason", async () => {
    let signal: AbortSignal | undefined;
    const model = new MockLanguageModelV3({
      doStream: (options) => {
        signal = options.abortSignal;
        return new Promise(() => {});
      },
    });
    const caller = new AbortController();
    const pending = fromAiSdk(model).stream(ask, { signal: caller.signal }).result();
    await vi.waitFor(() => expect(model.doStreamCalls).toHaveLength(1));
    expect(model.doStreamCalls[0]?.prompt).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
    ]);
    const reason = new Error("enough");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(signal?.reason).toBe(reason);
  });

  it("lets go of a stream that comes after the abort", async () => {
    let answer: (result: Awaited<ReturnType<AiSdkLanguageModel["doStream"]>>) => void = () => {};
    const cancelled = vi.fn();
    const model: AiSdkLanguageModel = {
      specificationVersion: "v4",
      provider: "acme",
      modelId: "one",
      doStream: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      doGenerate: () => new Promise(() => {}),
    };
    const caller = new AbortController();
    const pending = fromAiSdk(model).stream(ask, { signal: caller.signal }).result();
    await Promise.resolve();
    caller.abort();
    await expect(pending).rejects.toBe(caller.signal.reason);
    answer({ stream: new ReadableStream({ cancel: cancelled }) });
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
  });
});

describe("a stream", () => {
  it("tells warnings, request id and rate limits at its start", async () => {
    const model = streaming(
      [
        {
          type: "stream-start",
          warnings: [
            { type: "unsupported", feature: "seed", details: "no seeds" },
            { type: "other", message: "old model" },
          ],
        },
        { type: "response-metadata", id: "resp-1" },
        STOP,
      ],
      { "x-request-id": "req-1", "x-ratelimit-remaining-requests": "9" },
    );
    const { warnings, requestId, rateLimits } = await fromAiSdk(model).stream(ask).result();
    expect(warnings).toEqual([
      { field: "seed", message: "no seeds" },
      { field: "request", message: "old model" },
    ]);
    expect(requestId).toBe("req-1");
    expect(rateLimits).toEqual([{ kind: "requests", remaining: 9 }]);
  });

  it("takes the response's id where no header names the request", async () => {
    const model = streaming([
      { type: "stream-start", warnings: [] },
      { type: "response-metadata", id: "resp-1" },
      STOP,
    ]);
    expect((await fromAiSdk(model).stream(ask).result()).requestId).toBe("resp-1");
  });

  it("begins before the first token where nothing more is to be known", async () => {
    const model = streaming([{ type: "stream-start", warnings: [] }], { "x-request-id": "req-1" });
    const reading = fromAiSdk(model).stream(ask)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toMatchObject({ type: "start", requestId: "req-1" });
  });

  it("keeps text and reasoning blocks apart, with what their vendor wants back", async () => {
    const body = await bodyOf([
      { type: "reasoning-start", id: "r", providerMetadata: { acme: { id: "rs_1" } } },
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-delta", id: "r", delta: "", providerMetadata: { acme: { signature: "s" } } },
      { type: "reasoning-end", id: "r" },
      { type: "text-start", id: "t" },
      { type: "text-delta", id: "t", delta: "Good " },
      { type: "text-delta", id: "t", delta: "day." },
      { type: "text-end", id: "t", providerMetadata: { acme: { id: "msg_1" } } },
      STOP,
    ]);
    expect(body).toEqual([
      { type: "reasoning-delta", text: "Hm." },
      {
        type: "reasoning-delta",
        text: "",
        providerData: { "ai-sdk": { acme: { id: "rs_1", signature: "s" } } },
      },
      { type: "text-delta", text: "Good " },
      { type: "text-delta", text: "day." },
      { type: "text-delta", text: "", providerData: { "ai-sdk": { acme: { id: "msg_1" } } } },
    ]);
  });

  it("gives the vendor back what it kept in an answer", async () => {
    const model = streaming([
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-end", id: "r", providerMetadata: { anthropic: { signature: "s" } } },
      STOP,
    ]);
    const ours = fromAiSdk(model);
    const { message } = await ours.stream(ask).result();
    await ours.stream({ messages: [...ask.messages, message, userMessage("And?")] }).result();
    expect(model.doStreamCalls[1]?.prompt[1]).toEqual({
      role: "assistant",
      content: [{ type: "reasoning", text: "Hm.", providerOptions: { anthropic: { signature: "s" } } }],
    });
  });

  it("joins the halves of an emoji that come in two deltas", async () => {
    const [high, low] = ["\ud83d", "\ude00"] as const;
    const body = await bodyOf([
      { type: "text-delta", id: "t", delta: `a${high}` },
      { type: "text-delta", id: "t", delta: `${low}b` },
      STOP,
    ]);
    expect(body).toEqual([
      { type: "text-delta", text: "a" },
      { type: "text-delta", text: "😀b" },
    ]);
  });

  it("assembles tool calls from pieces, whole, and without arguments", async () => {
    const body = await bodyOf([
      { type: "tool-input-start", id: "a", toolName: "find" },
      { type: "tool-input-delta", id: "a", delta: '{"q":' },
      { type: "tool-input-delta", id: "a", delta: "1}" },
      { type: "tool-input-end", id: "a" },
      {
        type: "tool-call",
        toolCallId: "a",
        toolName: "find",
        input: '{"q":1}',
        providerMetadata: { google: { thoughtSignature: "t" } },
      },
      { type: "tool-call", toolCallId: "b", toolName: "find", input: '{"q":2}' },
      { type: "tool-call", toolCallId: "c", toolName: "now", input: "" },
      finish("stop", "STOP"),
    ]);
    expect(body).toEqual([
      { type: "tool-call-start", callId: "a", name: "find" },
      { type: "tool-call-delta", callId: "a", argumentsText: '{"q":' },
      { type: "tool-call-delta", callId: "a", argumentsText: "1}" },
      {
        type: "tool-call-end",
        callId: "a",
        name: "find",
        input: { q: 1 },
        providerData: { "ai-sdk": { google: { thoughtSignature: "t" } } },
      },
      { type: "tool-call-start", callId: "b", name: "find" },
      { type: "tool-call-delta", callId: "b", argumentsText: '{"q":2}' },
      { type: "tool-call-end", callId: "b", name: "find", input: { q: 2 } },
      { type: "tool-call-start", callId: "c", name: "now" },
      { type: "tool-call-delta", callId: "c", argumentsText: "{}" },
      { type: "tool-call-end", callId: "c", name: "now", input: {} },
    ]);
  });

  it("reports tool calls where the vendor only says stop", async () => {
    const call: StreamPart = { type: "tool-call", toolCallId: "a", toolName: "find", input: "{}" };
    const result = await fromAiSdk(streaming([call, STOP]))
      .stream(ask)
      .result();
    expect(result.finishReason).toBe("tool-calls");
  });

  it("ends a tool call that was never told whole", async () => {
    const { toolCalls } = await fromAiSdk(
      streaming([
        { type: "tool-input-start", id: "a", toolName: "find" },
        { type: "tool-input-delta", id: "a", delta: '{"q":1}' },
        STOP,
      ]),
    )
      .stream(ask)
      .result();
    expect(toolCalls).toEqual([{ type: "tool-call", callId: "a", name: "find", input: { q: 1 } }]);
  });

  it("leaves out a tool that the vendor ran itself, and says so", async () => {
    const result = await fromAiSdk(
      streaming([
        { type: "tool-input-start", id: "s", toolName: "web_search", providerExecuted: true },
        { type: "tool-input-delta", id: "s", delta: "{}" },
        {
          type: "tool-call",
          toolCallId: "s",
          toolName: "web_search",
          input: "{}",
          providerExecuted: true,
        },
        { type: "tool-result", toolCallId: "s", toolName: "web_search", result: {} },
        { type: "source", sourceType: "url", id: "1", url: "https://acme.test" },
        { type: "text-delta", id: "t", delta: "Found." },
        STOP,
      ]),
    )
      .stream(ask)
      .result();
    expect(result).toMatchObject({ text: "Found.", toolCalls: [], finishReason: "stop" });
    expect(result.warnings.map((warning) => warning.message).join()).toContain('"web_search"');
  });

  it("bills by the price that the host knows", async () => {
    const profile = { price: { input: 1, output: 2, asOf: "2026-11-01" } };
    const result = await fromAiSdk(streaming([STOP]), { profile })
      .stream(ask)
      .result();
    expect(result).toMatchObject({ usage: { inputTokens: 10, outputTokens: 5 }, costUsd: 0.00002 });
    expect(
      (
        await fromAiSdk(streaming([STOP]))
          .stream(ask)
          .result()
      ).costUsd,
    ).toBeUndefined();
  });
});

describe("an answer that is not whole", () => {
  const text: StreamPart = { type: "text-delta", id: "t", delta: "Half" };

  it.each<[string, StreamPart[], string]>([
    ["no finish", [text], "model.stream_cut"],
    ["a finish without the vendor's reason", [text, finish("other")], "model.stream_cut"],
    ["a finish that is an error", [text, finish("error", "overloaded_error")], "model.overloaded"],
    [
      "an error part with the vendor's object",
      [text, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }],
      "model.overloaded",
    ],
    [
      "an error part with a text",
      [text, { type: "error", error: "insufficient balance" }],
      "model.quota_exhausted",
    ],
    [
      "broken arguments",
      [{ type: "tool-call", toolCallId: "a", toolName: "f", input: '{"q":' }, STOP],
      "model.malformed_tool_call",
    ],
  ])("fails for %s", async (_, parts, code) => {
    expect(await failureOf(streaming(parts))).toMatchObject({ code });
  });

  it("is taken for whole without a reason only where the host says so", async () => {
    const model = fromAiSdk(streaming([text, finish("other")]), { acceptMissingReason: true });
    expect(await model.stream(ask).result()).toMatchObject({ text: "Half", finishReason: "other" });
  });

  it("is not one whose vendor has a reason of its own", async () => {
    const model = fromAiSdk(streaming([text, finish("other", "eos_token")]));
    expect(await model.stream(ask).result()).toMatchObject({ text: "Half", finishReason: "other" });
  });
});

describe("a failure", () => {
  const refused = (statusCode: number, body: unknown, headers: Record<string, string> = {}) =>
    new APICallError({
      message: "Bad things",
      url: "https://api.acme.test/v1/chat",
      requestBodyValues: { messages: ["Ada Lovelace, ada@example.com"] },
      statusCode,
      responseHeaders: headers,
      responseBody: typeof body === "string" ? body : JSON.stringify(body),
    });

  it("is told by the response's status, body and headers", async () => {
    const body = { error: { message: "Rate limit reached", code: "rate_limit_exceeded" } };
    const headers = { "retry-after": "2", "x-request-id": "req-1" };
    const error = await failureOf(failing(refused(429, body, headers)));
    expect(error).toMatchObject({
      code: "model.rate_limited",
      facts: {
        provider: "acme",
        modelId: "one",
        status: 429,
        vendorCode: "rate_limit_exceeded",
        retryAfterMs: 2_000,
        requestId: "req-1",
      },
    });
  });

  it.each([
    [401, { error: { message: "no", code: "invalid_api_key" } }, "model.auth"],
    [429, { error: { message: "no", type: "insufficient_quota" } }, "model.quota_exhausted"],
    [400, { error: { message: "prompt is too long: 2 tokens > 1 maximum" } }, "model.context_length"],
    [529, "", "model.overloaded"],
    [502, "<html><title>Bad Gateway</title></html>", "model.server_error"],
    [200, { error: { type: "overloaded_error", message: "Overloaded" } }, "model.overloaded"],
    [200, "<html>", "model.malformed_response"],
    [200, '{"choices":[{"mess', "model.stream_cut"],
  ])("with status %s and body %j is %s", async (status, body, code) => {
    expect(await failureOf(failing(refused(status, body)))).toMatchObject({ code });
  });

  it("without a status is told by what the transport threw", async () => {
    const socket = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const cause = new TypeError("fetch failed", { cause: socket });
    const error = new APICallError({
      message: "Cannot connect to API",
      url: "https://api.acme.test",
      requestBodyValues: {},
      cause,
    });
    expect(await failureOf(failing(error))).toMatchObject({
      code: "model.unreachable",
      facts: { cause: "ECONNREFUSED" },
    });
  });

  it.each([
    [new LoadAPIKeyError({ message: "Acme API key is missing." }), "model.auth"],
    [new NoSuchModelError({ modelId: "one", modelType: "languageModel" }), "model.not_found"],
  ])("of the AI SDK's own is mapped by its name: %s", async (error, code) => {
    expect(await failureOf(failing(error))).toMatchObject({ code });
  });

  it("in the middle of a stream is a cut", async () => {
    const model = new MockLanguageModelV3({
      doStream: async () => ({
        stream: new ReadableStream({
          pull: (controller) => controller.error(new TypeError("terminated")),
        }),
      }),
    });
    expect(await failureOf(model)).toMatchObject({ code: "model.stream_cut" });
  });

  it("holds neither the request nor the secrets that the host names", async () => {
    const error = await failureOf(failing(refused(401, `Bad key sk-planted-123456`)), {
      secrets: ["sk-planted-123456"],
    });
    const printed = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
    expect(SalesAgentError.is(error, "model.auth")).toBe(true);
    expect(printed + JSON.stringify(error)).not.toMatch(/Ada|sk-planted/);
  });
});

describe("a whole delivery", () => {
  it("makes the same events of content", async () => {
    const model = new MockLanguageModelV3({
      provider: "acme.chat",
      modelId: "one",
      doGenerate: async () => ({
        content: [
          { type: "reasoning", text: "Hm.", providerMetadata: { acme: { signature: "s" } } },
          { type: "text", text: "Good day." },
          { type: "source", sourceType: "url", id: "1", url: "https://acme.test" },
          { type: "tool-call", toolCallId: "a", toolName: "find", input: '{"q":1}' },
        ],
        finishReason: { unified: "tool-calls", raw: "tool_calls" },
        usage: USAGE,
        warnings: [{ type: "unsupported", feature: "topK" }],
        response: { id: "resp-1", headers: {} },
      }),
    });
    const result = await fromAiSdk(model).stream(ask, { delivery: "whole" }).result();
    expect(model.doStreamCalls).toHaveLength(0);
    expect(result).toMatchObject({
      requestId: "resp-1",
      text: "Good day.",
      finishReason: "tool-calls",
      usage: { inputTokens: 10, outputTokens: 5 },
      toolCalls: [{ callId: "a", name: "find", input: { q: 1 } }],
    });
    expect(result.message.parts[0]).toEqual({
      type: "reasoning",
      text: "Hm.",
      providerData: { "ai-sdk": { acme: { signature: "s" } } },
    });
    expect(result.warnings).toEqual([
      { field: "topK", message: "The model can't do this as asked (unsupported)." },
    ]);
  });
});
