import { type ModelRequest, SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import {
  HELLO,
  jsonReply,
  scriptedFetch,
  sseReply,
} from "../../openai-compatible/src/testing/scripted-fetch.js";
import { type CerebrasSettings, cerebras } from "./index.js";

async function sentFor(
  fields: Partial<ModelRequest>,
  modelId = "gpt-oss-120b",
  settings: CerebrasSettings = {},
) {
  const { fetch, sent } = scriptedFetch(sseReply(HELLO, { "inference-id": "chatcmpl-7" }));
  const model = cerebras(modelId, { apiKey: "csk-1", fetch, ...settings });
  const result = await model.stream({ messages: [userMessage("Hi")], ...fields }).result();
  return { result, body: sent[0]?.body ?? {}, url: sent[0]?.url };
}

async function failureOf(reply: Response, modelId = "gpt-oss-120b") {
  const model = cerebras(modelId, { apiKey: "csk-1", fetch: scriptedFetch(reply).fetch });
  return model
    .stream({ messages: [userMessage("Hi")] })
    .result()
    .catch((error: unknown) => error);
}

describe("cerebras", () => {
  it("always sets an output limit, since the quota is charged ahead with it", async () => {
    expect((await sentFor({})).body).toMatchObject({ max_completion_tokens: 8_192 });
    expect((await sentFor({ maxOutputTokens: 100 })).body).toMatchObject({ max_completion_tokens: 100 });
    const generous = { defaultMaxOutputTokens: 100_000 };
    expect((await sentFor({}, "gpt-oss-120b", generous)).body).toMatchObject({
      max_completion_tokens: 40_960,
    });
    expect(() => cerebras("m", { defaultMaxOutputTokens: 0 })).toThrow(/defaultMaxOutputTokens/);
  });

  it("does not ask for usage, which comes by itself, and tells the request's id", async () => {
    const { body, result, url } = await sentFor({ cacheKey: "tenant" });
    expect(url).toBe("https://api.cerebras.ai/v1/chat/completions");
    expect(body).not.toHaveProperty("stream_options");
    expect(body).toMatchObject({ prompt_cache_key: "tenant" });
    expect(result.requestId).toBe("chatcmpl-7");
  });

  it("sends the nearest effort and says so", async () => {
    const { body, result } = await sentFor({ reasoning: { effort: "max" } });
    expect(body["reasoning_effort"]).toBe("high");
    expect(result.warnings.map((warning) => warning.field)).toEqual(["reasoning.effort"]);
  });

  it("gives earlier reasoning back to gpt-oss, and to no other model", async () => {
    const messages = [
      userMessage("Hi"),
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "Yo" },
        ],
      },
      userMessage("And?"),
    ] as const;
    const own = { role: "assistant", content: "Yo", reasoning: "hm" };
    expect((await sentFor({ messages })).body["messages"]).toContainEqual(own);
    expect(JSON.stringify((await sentFor({ messages }, "qwen-3.8-27b")).body)).not.toContain("hm");
  });

  it.each([
    ["llama3.1-8b", "gpt-oss-120b"],
    ["qwen-3-32b", "qwen-3.8-27b"],
  ])("names the successor of %s, which is retired", async (modelId, successor) => {
    const { result } = await sentFor({}, modelId);
    expect(result.warnings).toEqual([
      { field: "modelId", message: `"${modelId}" is retired; its successor is "${successor}".` },
    ]);
    const body = {
      message: "Model does not exist",
      type: "not_found_error",
      param: "model",
      code: "model_not_found",
    };
    expect(await failureOf(jsonReply(body, 404), modelId)).toMatchObject({
      code: "model.not_found",
      message: expect.stringContaining(`its successor is "${successor}"`),
      facts: { successor },
    });
  });

  it.each([
    [
      {
        message: "Requests per minute limit exceeded",
        type: "too_many_requests_error",
        code: "request_quota_exceeded",
      },
      429,
      "model.rate_limited",
    ],
    [
      {
        message: "Tokens per minute limit exceeded - too many tokens processed.",
        type: "too_many_tokens_error",
        code: "token_quota_exceeded",
      },
      429,
      "model.rate_limited",
    ],
    [
      {
        message: "Tokens per day limit exceeded - too many tokens processed.",
        type: "too_many_tokens_error",
        code: "token_quota_exceeded",
      },
      429,
      "model.quota_exhausted",
    ],
    [{ message: "busy", type: "too_many_requests_error", code: "queue_exceeded" }, 429, "model.overloaded"],
    [
      {
        message: "Please reduce the length of the messages or completion.",
        type: "invalid_request_error",
        code: "context_length_exceeded",
      },
      400,
      "model.context_length",
    ],
    [{ error: { message: "no such model", code: "model_not_found" } }, 404, "model.not_found"],
  ])("reads the error %j", async (body, status, code) => {
    const failure = await failureOf(jsonReply(body, status));
    expect(SalesAgentError.is(failure) && failure.code).toBe(code);
  });

  it.each([400, 413])("takes an empty %i for an input that is too long", async (status) => {
    expect(await failureOf(new Response(null, { status }))).toMatchObject({ code: "model.context_length" });
  });

  it("tells how much of each limit is left", async () => {
    const { fetch } = scriptedFetch(
      sseReply(HELLO, {
        "x-ratelimit-limit-requests-day": "1000000000",
        "x-ratelimit-reset-requests-day": "33011.382867097855",
        "x-ratelimit-remaining-tokens-minute": "59990",
      }),
    );
    const model = cerebras("gpt-oss-120b", { apiKey: "csk-1", fetch });
    const { rateLimits, costUsd } = await model.stream({ messages: [userMessage("Hi")] }).result();
    expect(rateLimits).toEqual(
      [
        { kind: "tokens", window: "minute", remaining: 59_990 },
        { kind: "requests", window: "day", limit: 1_000_000_000, resetMs: 33_011_383 },
      ].sort((a, b) => a.kind.localeCompare(b.kind)),
    );
    expect(costUsd).toBeCloseTo((9 * 0.35 + 2 * 0.75) / 1e6, 12);
  });
});
