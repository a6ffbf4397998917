import { inspect } from "node:util";
import { type JsonObject, type ModelEvent, SalesAgentError, userMessage } from "@salesagent/ports";
import { afterEach, describe, expect, it, vi } from "vitest";
import { jsonReply, scriptedFetch } from "../../openai-compatible/src/testing/scripted-fetch.js";
import { type AnthropicSettings, anthropic } from "./anthropic-model.js";
import {
  block,
  messageDelta,
  messageStart,
  messageStop,
  richStream,
  streamOf,
  textBlock,
} from "./testing/recordings.js";

const KEY = "sk-ant-planted-4f7a91";
const ask = { messages: [userMessage("Hello")] };
const sse =
  (bytes: Uint8Array, headers: Record<string, string> = {}) =>
  () =>
    new Response(bytes.slice(), {
      headers: { "content-type": "text/event-stream; charset=utf-8", ...headers },
    });
const answer = streamOf(messageStart, ...textBlock(0, "Hi"), messageDelta("end_turn"), messageStop);

const LEAKS = {
  ANTHROPIC_API_KEY: "leak-key",
  ANTHROPIC_AUTH_TOKEN: "leak-token",
  ANTHROPIC_BASE_URL: "https://leak.example",
  ANTHROPIC_CUSTOM_HEADERS: "x-api-key: leak-header\nx-leak: 1\nanthropic-beta: leak-beta",
  ANTHROPIC_LOG: "debug",
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function open(
  responses: readonly (Response | (() => Response))[],
  settings: AnthropicSettings = {},
  modelId = "claude-sonnet-5-5",
) {
  const server = scriptedFetch(...responses);
  return { model: anthropic(modelId, { apiKey: KEY, fetch: server.fetch, ...settings }), seen: server.sent };
}

async function failureOf(promise: Promise<unknown>): Promise<SalesAgentError> {
  try {
    await promise;
  } catch (error) {
    if (SalesAgentError.is(error)) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("anthropic", () => {
  it("streams an answer with its request id, limits, cost and warnings", async () => {
    const headers = {
      "request-id": "req_1",
      "retry-after": "25",
      "anthropic-ratelimit-requests-limit": "20000",
      "anthropic-ratelimit-requests-remaining": "19999",
    };
    const { model, seen } = open([sse(streamOf(...richStream), headers)]);
    const result = await model.stream({ ...ask, temperature: 0.3 }).result();
    expect(result).toMatchObject({
      requestId: "req_1",
      finishReason: "tool-calls",
      rateLimits: [{ kind: "requests", limit: 20_000, remaining: 19_999 }],
      warnings: [{ field: "temperature" }],
    });
    expect(result.costUsd).toBeCloseTo((43 * 2 + 100 * 0.1 + 20 * 2.5 + 89 * 10) / 1e6, 12);
    expect(seen[0]?.url).toBe("https://api.anthropic.com/v1/messages");
  });

  it.each<[string, AnthropicSettings, Record<string, string | null>]>([
    [
      "the new version with a bearer",
      {},
      { "anthropic-version": "2026-10-21", authorization: `Bearer ${KEY}`, "x-api-key": null },
    ],
    [
      "the old version with its own header",
      { apiVersion: "2023-06-01" },
      { "anthropic-version": "2023-06-01", authorization: null, "x-api-key": KEY },
    ],
    [
      "the old version with a bearer",
      { apiVersion: "2023-06-01", auth: "bearer" },
      { authorization: `Bearer ${KEY}`, "x-api-key": null },
    ],
    [
      "the host's headers",
      { headers: { "Anthropic-Beta": "b1", "X-Team": "sales" } },
      { "anthropic-beta": "b1", "x-team": "sales" },
    ],
  ])("sends %s, and nothing from the environment", async (_, settings, expected) => {
    for (const [name, value] of Object.entries(LEAKS)) vi.stubEnv(name, value);
    const { model, seen } = open([sse(answer)], settings);
    await model.stream(ask).result();
    const { headers, url } = seen[0] ?? { headers: new Headers(), url: "" };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)]))).toEqual(
      expected,
    );
    expect(`${url} ${inspect([...headers])}`).not.toContain("leak");
    const known = [
      "accept",
      "anthropic-beta",
      "anthropic-version",
      "authorization",
      "content-type",
      "user-agent",
      "x-api-key",
      "x-team",
    ];
    expect([...headers.keys()].filter((name) => !known.includes(name))).toEqual([]);
  });

  it("reads its own variable when no key is given, and says what is missing without one", async () => {
    const server = scriptedFetch(sse(answer));
    const model = anthropic("claude-sonnet-5-5", { fetch: server.fetch, env: { ANTHROPIC_API_KEY: KEY } });
    await model.stream(ask).result();
    expect(server.sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    const keyless = anthropic("claude-sonnet-5-5", { fetch: server.fetch, env: {} });
    const failure = await failureOf(keyless.stream(ask).result());
    expect(failure.code).toBe("model.auth");
    expect(failure.message).toContain("ANTHROPIC_API_KEY");
    expect(server.sent).toHaveLength(1);
  });

  it.each<[string, JsonObject | string, number, string, JsonObject]>([
    [
      "a wrong key",
      { type: "error", error: { type: "authentication_error", message: `invalid ${KEY}` } },
      401,
      "model.auth",
      {},
    ],
    [
      "no credit",
      { type: "error", error: { type: "billing_error", message: "Add credit" } },
      402,
      "model.quota_exhausted",
      {},
    ],
    [
      "a spend limit",
      {
        type: "error",
        error: {
          type: "rate_limit_error",
          message: "Limit",
          details: { error_code: "enforced_spend_limit_reached" },
        },
      },
      429,
      "model.quota_exhausted",
      { vendorCode: "enforced_spend_limit_reached" },
    ],
    [
      "a ramp",
      {
        type: "error",
        error: { type: "rate_limit_error", message: "Limit", details: { error_code: "ramp_limit_exceeded" } },
      },
      429,
      "model.rate_limited",
      { retryAfterMs: 25_000 },
    ],
    [
      "an unknown model",
      { type: "error", error: { type: "not_found_error", message: "model: claude-sonet" } },
      404,
      "model.not_found",
      {},
    ],
    [
      "a long prompt",
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "prompt is too long: 213462 tokens > 200000 maximum",
        },
      },
      400,
      "model.context_length",
      {},
    ],
    [
      "a bad request",
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "This model does not support effort level 'xhigh'.",
        },
      },
      400,
      "model.bad_request",
      {},
    ],
    [
      "overload",
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      529,
      "model.overloaded",
      { status: 529 },
    ],
    [
      "a key that is being replaced",
      {
        type: "error",
        error: { type: "api_error", message: "x", details: { error_code: "cmek_unavailable" } },
      },
      503,
      "model.overloaded",
      {},
    ],
    [
      "a page from the edge",
      "<html><title>413 Request Entity Too Large</title></html>",
      413,
      "model.context_length",
      {},
    ],
  ])("maps %s", async (_, body, status, code, facts) => {
    const respond = () =>
      new Response(typeof body === "string" ? body : JSON.stringify(body), {
        status,
        headers: { "request-id": "req_9", "retry-after": "25" },
      });
    const { model, seen } = open([respond]);
    const failure = await failureOf(model.stream(ask).result());
    expect(failure.code).toBe(code);
    expect(failure.facts).toMatchObject({ status, requestId: "req_9", ...facts });
    expect(seen).toHaveLength(1);
  });

  it("tells the overload that comes in the middle of a stream", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const { model } = open([sse(streamOf(messageStart, ...textBlock(0, "Hi"), error))]);
    const failure = await failureOf(model.stream(ask).result());
    expect(failure).toMatchObject({
      code: "model.overloaded",
      facts: { inBand: true, usage: { inputTokens: 163 } },
    });
  });

  it("never shows the key, whatever fails", async () => {
    const echo = jsonReply(
      { type: "error", error: { type: "authentication_error", message: `bad key ${KEY}` } },
      401,
    );
    const refused = () => {
      throw new TypeError(`fetch failed for ${KEY}`);
    };
    for (const respond of [echo, refused]) {
      const { model } = open([respond]);
      const failure = await failureOf(model.stream(ask).result());
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(inspect(model, { depth: 20, showHidden: true })).not.toContain(KEY);
    }
    const { model } = open([sse(answer)]);
    const events: ModelEvent[] = [];
    for await (const event of model.stream(ask)) events.push(event);
    expect(inspect(events, { depth: 20 })).not.toContain(KEY);
  });

  it("prints nothing for a model that ends soon, and warns in the result", async () => {
    const spies = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
    vi.stubEnv("ANTHROPIC_LOG", "debug");
    const { model } = open([sse(answer)], {}, "claude-sonnet-4-5");
    const { warnings } = await model.stream({ ...ask, reasoning: { effort: "low" } }).result();
    expect(warnings[0]?.message).toContain("2026-11-30");
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it("asks for a long answer whole, which the SDK would refuse", async () => {
    const body = {
      type: "message",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 3, output_tokens: 1 },
    };
    const { model, seen } = open([jsonReply(body)]);
    const { text } = await model.stream({ ...ask, maxOutputTokens: 100_000 }, { delivery: "whole" }).result();
    expect(text).toBe("Hi");
    expect(seen[0]?.body["stream"]).toBeUndefined();
  });

  it("knows no price for what costs more than the list", async () => {
    const { model } = open([sse(answer), sse(answer)]);
    expect((await model.stream(ask).result()).costUsd).toBeGreaterThan(0);
    const fast = { ...ask, providerOptions: { anthropic: { speed: "fast" } } };
    expect((await model.stream(fast).result()).costUsd).toBeUndefined();
  });

  it.each([
    ["https://proxy.example/claude/", "https://proxy.example/claude/v1/messages"],
    ["https://proxy.example/v1", "https://proxy.example/v1/messages"],
  ])("takes the base URL %s", async (baseUrl, url) => {
    const { model, seen } = open([sse(answer)], { baseUrl });
    await model.stream(ask).result();
    expect(seen[0]?.url).toBe(url);
  });

  it("follows no redirect, which would carry the key away", async () => {
    const redirects: (string | undefined)[] = [];
    const fetch = async (_: unknown, init?: RequestInit) => {
      redirects.push(init?.redirect);
      return sse(answer)();
    };
    await anthropic("claude-sonnet-5-5", { apiKey: KEY, fetch }).stream(ask).result();
    expect(redirects).toEqual(["error"]);
  });

  it("refuses a base URL that is none, and an empty model id", () => {
    expect(() => anthropic("claude-sonnet-5-5", { baseUrl: "api.anthropic.com" })).toThrow(TypeError);
    expect(() => anthropic(" ")).toThrow(TypeError);
  });
});

describe("a turn that the vendor pauses", () => {
  const search = {
    providerOptions: { anthropic: { tools: [{ type: "web_search_20260318", name: "web_search" }] } },
  };
  const searching = [
    ...textBlock(0, "Let me search. "),
    ...block(
      1,
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
      { type: "input_json_delta", partial_json: '{"query":' },
      { type: "input_json_delta", partial_json: '"figma"}' },
    ),
  ];
  const paused = streamOf(messageStart, ...searching, messageDelta("pause_turn"), messageStop);

  it("is sent back unchanged and goes on as the same answer", async () => {
    const { model, seen } = open([sse(paused), sse(answer)]);
    const { text, finishReason, usage } = await model
      .stream({ ...ask, ...search }, { delivery: "whole" })
      .result();
    expect(text).toBe("Let me search. Hi");
    expect(finishReason).toBe("stop");
    expect(usage).toMatchObject({ inputTokens: 2 * 163, outputTokens: 60 });
    expect(seen[1]?.body["messages"]).toEqual([
      { role: "user", content: [{ type: "text", text: "Hello" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me search. " },
          { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "figma" } },
        ],
      },
    ]);
  });

  it("ends after five continuations", async () => {
    const { model, seen } = open(Array.from({ length: 6 }, () => sse(paused)));
    const { finishReason } = await model.stream({ ...ask, ...search }).result();
    expect(finishReason).toBe("other");
    expect(seen).toHaveLength(6);
  });

  it("fails as a whole when it can't be continued", async () => {
    const limited = jsonReply(
      { type: "error", error: { type: "rate_limit_error", message: "Slow down" } },
      429,
    );
    const { model } = open([sse(paused), limited]);
    const failure = await failureOf(model.stream({ ...ask, ...search }).result());
    expect(failure).toMatchObject({ code: "model.rate_limited", facts: { usage: { inputTokens: 163 } } });
  });

  it("stops asking when the reader leaves", async () => {
    const { model, seen } = open([sse(paused)]);
    for await (const event of model.stream({ ...ask, ...search })) if (event.type === "text-delta") break;
    expect(seen).toHaveLength(1);
  });
});
