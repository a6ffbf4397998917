import { type JsonObject, type ModelRequest, SalesAgentError, userMessage } from "@salesagent/ports";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  HELLO,
  jsonReply,
  scriptedFetch,
  sseReply,
  sseText,
} from "../../openai-compatible/src/testing/scripted-fetch.js";
import { OPENAI_MODELS, type OpenAiSettings, openai } from "./index.js";

const messages = [userMessage("Hi")];
const completed = { type: "response.completed", response: { status: "completed", output: [] } };
const DONE = `event: response.completed\ndata: ${JSON.stringify(completed)}\n\n`;

async function sentFor(
  fields: Partial<ModelRequest>,
  settings: OpenAiSettings = {},
  modelId = "gpt-5.4-mini",
) {
  const { fetch, sent } = scriptedFetch(sseReply(settings.api === "responses" ? DONE : HELLO));
  const model = openai(modelId, { apiKey: "sk-1", fetch, ...settings });
  const result = await model.stream({ messages, ...fields }).result();
  return { result, body: sent[0]?.body ?? {}, headers: sent[0]?.headers, url: sent[0]?.url };
}

const failureOf = async (reply: Response, settings: OpenAiSettings = {}) =>
  openai("gpt-5.4-mini", { apiKey: "sk-1", fetch: scriptedFetch(reply).fetch, ...settings })
    .stream({ messages })
    .result()
    .catch((error: unknown) => error);

afterEach(() => vi.unstubAllEnvs());

describe("openai", () => {
  it("calls chat completions unless told otherwise", async () => {
    expect((await sentFor({})).url).toBe("https://api.openai.com/v1/chat/completions");
    expect((await sentFor({}, { api: "responses" })).url).toBe("https://api.openai.com/v1/responses");
    expect(() => openai("m", { api: "assistants" as "chat" })).toThrow(/api must be "chat" or "responses"/);
  });

  it("limits output by the name that reasoning models take, and asks for usage without padding", async () => {
    expect((await sentFor({ maxOutputTokens: 9, cacheKey: "k" })).body).toMatchObject({
      max_completion_tokens: 9,
      prompt_cache_key: "k",
      stream_options: { include_usage: true, include_obfuscation: false },
    });
  });

  it("takes organisation and project from the settings alone", async () => {
    vi.stubEnv("OPENAI_ORG_ID", "org-env");
    vi.stubEnv("OPENAI_PROJECT_ID", "proj-env");
    vi.stubEnv("OPENAI_CUSTOM_HEADERS", "OpenAI-Organization: org-custom\nX-Leak: leak");
    vi.stubEnv("OPENAI_BASE_URL", "https://hijacked.test/v1");
    const plain = await sentFor({});
    expect(plain.url).toMatch(/^https:\/\/api\.openai\.com/);
    expect(plain.headers?.has("openai-organization")).toBe(false);
    expect(plain.headers?.has("openai-project")).toBe(false);
    expect(plain.headers?.has("x-leak")).toBe(false);
    const own = await sentFor({}, { organization: "org-1", project: "proj-1" });
    expect(own.headers?.get("openai-organization")).toBe("org-1");
    expect(own.headers?.get("openai-project")).toBe("proj-1");
  });

  it.each(["chat", "responses"] as const)("takes the key from OPENAI_API_KEY for %s", async (api) => {
    const { headers } = await sentFor({}, { api, apiKey: undefined, env: { OPENAI_API_KEY: "sk-env" } });
    expect(headers?.get("authorization")).toBe("Bearer sk-env");
  });

  it.each([
    ["gpt-5.4-mini", ["temperature"], undefined],
    ["gpt-5.4-mini-2026-03-01", ["temperature"], undefined],
    ["gpt-9-unheard-of", ["temperature"], undefined],
    ["gpt-4o", [], 0.3],
    ["gpt-4o-2024-08-06", [], 0.3],
    ["ft:gpt-4o-mini-2024-07-18:acme::x1", [], 0.3],
  ])("sends a temperature to %s only where it takes one", async (modelId, warned, sent) => {
    for (const api of ["chat", "responses"] as const) {
      const { body, result } = await sentFor({ temperature: 0.3 }, { api }, modelId);
      expect(body["temperature"]).toBe(sent);
      expect(result.warnings.map((warning) => warning.field)).toEqual(warned);
    }
  });

  it("knows the price of a snapshot, and none of a fine-tuned or unknown model", () => {
    const priceOf = (modelId: string) => openai(modelId).profile.price;
    expect(priceOf("gpt-4o-2024-08-06")).toEqual(OPENAI_MODELS.models["gpt-4o"]?.price);
    expect(priceOf("ft:gpt-4o:acme::x1")).toBeUndefined();
    expect(priceOf("constructor")).toBeUndefined();
    const price = { input: 1, output: 2, asOf: "2026-11-01" };
    expect(openai("gpt-4o", { profile: { price } }).profile.price).toEqual(price);
  });

  it.each(["chat", "responses"] as const)("knows the cost of the default tier alone at %s", async (api) => {
    const usage = { prompt_tokens: 1_000, completion_tokens: 0, input_tokens: 1_000, output_tokens: 0 };
    const text =
      api === "chat"
        ? sseText({ choices: [{ delta: {}, finish_reason: "stop" }], usage })
        : `data: ${JSON.stringify({ type: "response.completed", response: { status: "completed", output: [], usage } })}\n\n`;
    const costOf = async (options: JsonObject) => {
      const model = openai("gpt-4o", { apiKey: "sk-1", api, fetch: scriptedFetch(sseReply(text)).fetch });
      return (await model.stream({ messages, providerOptions: { openai: options } }).result()).costUsd;
    };
    expect(await costOf({ service_tier: "default" })).toBe(0.0025);
    expect(await costOf({ service_tier: "priority" })).toBeUndefined();
  });

  it("costs more for a long prompt", async () => {
    const usage = { input_tokens: 300_000, output_tokens: 1_000 };
    const event = { type: "response.completed", response: { status: "completed", output: [], usage } };
    const { fetch } = scriptedFetch(sseReply(`data: ${JSON.stringify(event)}\n\n`));
    const model = openai("gpt-5.6-sol", { apiKey: "sk-1", fetch, api: "responses" });
    expect((await model.stream({ messages }).result()).costUsd).toBeCloseTo(0.3 * 10 + 0.001 * 45, 9);
  });

  it.each<[string, JsonObject, number, "chat" | "responses", string]>([
    [
      "an unknown model",
      {
        message: "The model `x` does not exist",
        type: "invalid_request_error",
        param: null,
        code: "model_not_found",
      },
      404,
      "chat",
      "model.not_found",
    ],
    [
      "an unknown model at responses",
      {
        message: "The requested model 'x' does not exist.",
        type: "invalid_request_error",
        param: "model",
        code: null,
      },
      400,
      "responses",
      "model.not_found",
    ],
    [
      "quota",
      {
        message: "You exceeded your current quota",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
      429,
      "chat",
      "model.quota_exhausted",
    ],
    [
      "a rate limit",
      { message: "Rate limit reached", type: "tokens", code: "rate_limit_exceeded" },
      429,
      "chat",
      "model.rate_limited",
    ],
    [
      "a wrong key",
      { message: "Incorrect API key provided", type: "invalid_request_error", code: "invalid_api_key" },
      401,
      "responses",
      "model.auth",
    ],
    [
      "an unsupported parameter",
      {
        message: "Unsupported parameter",
        type: "invalid_request_error",
        param: "max_tokens",
        code: "unsupported_parameter",
      },
      400,
      "chat",
      "model.bad_request",
    ],
    [
      "an overlong input",
      { message: "too long", type: "invalid_request_error", code: "context_length_exceeded" },
      400,
      "responses",
      "model.context_length",
    ],
    [
      "a flagged prompt",
      {
        message: "Your prompt was flagged as potentially violating our usage policy",
        code: "invalid_prompt",
      },
      400,
      "responses",
      "model.content_filtered",
    ],
  ])("reads %s", async (_, error, status, api, code) => {
    const failure = await failureOf(jsonReply({ error }, status, { "x-request-id": "req_1" }), { api });
    expect(SalesAgentError.is(failure) && failure.code).toBe(code);
    expect(failure).toMatchObject({ facts: { status, requestId: "req_1" } });
  });
});
