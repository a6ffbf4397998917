import type { JsonValue } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { classifyFailure, type ModelFailureCode } from "./classify-failure.js";
import { type ErrorBody, readErrorBody } from "./error-body.js";

/** A failure as a vendor sends it, and what it must become. */
interface Recorded {
  readonly vendor: string;
  readonly status: number | undefined;
  readonly body: JsonValue;
  readonly code: ModelFailureCode;
  readonly says: Partial<Omit<ErrorBody, "error">>;
}

const anthropic = (type: string, message: string, errorCode?: string): JsonValue => ({
  type: "error",
  error: { type, message, ...(errorCode === undefined ? {} : { details: { error_code: errorCode } }) },
  request_id: "req_011C",
});
const openai = (message: string, type: string, code: JsonValue, param: string | null = null): JsonValue => ({
  error: { message, type, param, code },
});

const recorded: readonly Recorded[] = [
  {
    vendor: "OpenAI: no such model",
    status: 404,
    body: openai(
      "The model `x` does not exist or you do not have access to it.",
      "invalid_request_error",
      "model_not_found",
    ),
    code: "model.not_found",
    says: { vendorCode: "model_not_found" },
  },
  {
    vendor: "OpenAI: quota",
    status: 429,
    body: openai(
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      "insufficient_quota",
    ),
    code: "model.quota_exhausted",
    says: { vendorCode: "insufficient_quota" },
  },
  {
    vendor: "OpenAI: quota by its type alone",
    status: 429,
    body: openai("Out of credit.", "insufficient_quota", "rate_limit_exceeded"),
    code: "model.quota_exhausted",
    says: { vendorCode: "insufficient_quota" },
  },
  {
    vendor: "OpenAI: rate",
    status: 429,
    body: openai("Rate limit reached for requests", "requests", "rate_limit_exceeded"),
    code: "model.rate_limited",
    says: { vendorCode: "rate_limit_exceeded" },
  },
  {
    vendor: "OpenAI: key",
    status: 401,
    body: openai("Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
    code: "model.auth",
    says: { vendorCode: "invalid_api_key" },
  },
  {
    vendor: "OpenAI: too long",
    status: 400,
    body: openai(
      "Your input exceeds the context window of this model.",
      "invalid_request_error",
      "context_length_exceeded",
    ),
    code: "model.context_length",
    says: { vendorCode: "context_length_exceeded" },
  },
  {
    vendor: "OpenAI: unsupported parameter",
    status: 400,
    body: openai(
      "Unsupported parameter: 'max_tokens'",
      "invalid_request_error",
      "unsupported_parameter",
      "max_tokens",
    ),
    code: "model.bad_request",
    says: { vendorCode: "unsupported_parameter" },
  },
  {
    vendor: "Anthropic: no such model",
    status: 404,
    body: anthropic("not_found_error", "model: claude-sonet-4-5"),
    code: "model.not_found",
    says: { vendorCode: "not_found_error", vendorMessage: "model: claude-sonet-4-5" },
  },
  {
    vendor: "Anthropic: effort",
    status: 400,
    body: anthropic("invalid_request_error", "This model does not support effort level 'xhigh'."),
    code: "model.bad_request",
    says: { vendorCode: "invalid_request_error" },
  },
  {
    vendor: "Anthropic: too long, which has no code",
    status: 400,
    body: anthropic("invalid_request_error", "prompt is too long: 213462 tokens > 200000 maximum"),
    code: "model.context_length",
    says: {},
  },
  {
    vendor: "Anthropic: too large",
    status: 413,
    body: anthropic("request_too_large", "Request exceeds the maximum size"),
    code: "model.context_length",
    says: {},
  },
  {
    vendor: "Anthropic: spend limit",
    status: 429,
    body: anthropic("rate_limit_error", "Limit reached.", "enforced_spend_limit_reached"),
    code: "model.quota_exhausted",
    says: { vendorCode: "enforced_spend_limit_reached" },
  },
  {
    vendor: "Anthropic: spend limit as a bad request",
    status: 400,
    body: anthropic("invalid_request_error", "You have reached your specified spend limit."),
    code: "model.quota_exhausted",
    says: {},
  },
  {
    vendor: "Anthropic: ramp",
    status: 429,
    body: anthropic("rate_limit_error", "Slow down.", "ramp_limit_exceeded"),
    code: "model.rate_limited",
    says: {},
  },
  {
    vendor: "Anthropic: billing",
    status: 402,
    body: anthropic("billing_error", "Billing."),
    code: "model.quota_exhausted",
    says: {},
  },
  {
    vendor: "Anthropic: overloaded in the stream",
    status: undefined,
    body: anthropic("overloaded_error", "Overloaded"),
    code: "model.overloaded",
    says: { vendorCode: "overloaded_error", vendorMessage: "Overloaded" },
  },
  {
    vendor: "Anthropic: 529",
    status: 529,
    body: anthropic("overloaded_error", "Overloaded"),
    code: "model.overloaded",
    says: {},
  },
  {
    vendor: "Cerebras: flat",
    status: 429,
    body: {
      message: "Requests per minute limit exceeded - too many requests sent.",
      type: "too_many_requests_error",
      param: "quota",
      code: "request_quota_exceeded",
    },
    code: "model.rate_limited",
    says: { vendorCode: "request_quota_exceeded" },
  },
  {
    vendor: "Cerebras: tokens, which are no overlong input",
    status: 429,
    body: {
      message: "Tokens per minute limit exceeded - too many tokens processed.",
      type: "too_many_tokens_error",
      param: "quota",
      code: "token_quota_exceeded",
    },
    code: "model.rate_limited",
    says: {},
  },
  {
    vendor: "Cerebras: too long",
    status: 400,
    body: {
      message: "Please reduce the length of the messages or completion.",
      type: "invalid_request_error",
      param: "messages",
      code: "wrong_api_format",
    },
    code: "model.context_length",
    says: {},
  },
  {
    vendor: "DeepSeek: reasoning not passed back",
    status: 400,
    body: openai(
      "The reasoning_content in the thinking mode must be passed back to the API.",
      "invalid_request_error",
      "invalid_request_error",
    ),
    code: "model.bad_request",
    says: { vendorCode: "invalid_request_error" },
  },
  {
    vendor: "DeepSeek: balance",
    status: 402,
    body: openai("Insufficient Balance", "unknown_error", "invalid_request_error"),
    code: "model.quota_exhausted",
    says: {},
  },
  {
    vendor: "OpenRouter: upstream rate",
    status: 429,
    body: {
      error: {
        code: 429,
        message: "Provider returned error",
        metadata: {
          provider_name: "Google",
          raw: "google/gemini-2.0-flash-exp:free is temporarily rate-limited upstream",
        },
      },
      user_id: "u",
    },
    code: "model.rate_limited",
    says: {
      status: 429,
      vendorMessage:
        "Provider returned error: google/gemini-2.0-flash-exp:free is temporarily rate-limited upstream",
    },
  },
  {
    vendor: "OpenRouter: typed",
    status: 503,
    body: { error: { code: 503, message: "No.", metadata: { error_type: "provider_overloaded" } } },
    code: "model.overloaded",
    says: { vendorCode: "provider_overloaded" },
  },
  {
    vendor: "OpenRouter: token limit inside a 200",
    status: 200,
    body: { error: { code: 400, message: "Token limit reached" } },
    code: "model.context_length",
    says: { status: 400, vendorMessage: "Token limit reached" },
  },
  {
    vendor: "Ollama: text",
    status: 404,
    body: { error: "model 'x' not found" },
    code: "model.not_found",
    says: { vendorMessage: "model 'x' not found" },
  },
  {
    vendor: "Ollama: queue",
    status: 503,
    body: { error: "server busy, please try again. maximum pending requests exceeded" },
    code: "model.overloaded",
    says: {},
  },
  {
    vendor: "vLLM: too long, code is the status",
    status: 400,
    body: {
      error: {
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
    },
    code: "model.context_length",
    says: { status: 400, vendorCode: "BadRequestError" },
  },
  {
    vendor: "vLLM: older, without a wrapper",
    status: 404,
    body: {
      object: "error",
      message: "The model `x` does not exist.",
      type: "NotFoundError",
      param: null,
      code: 404,
    },
    code: "model.not_found",
    says: { status: 404, vendorCode: "NotFoundError" },
  },
  {
    vendor: "RunPod: inside a 200",
    status: 200,
    body: { error: { message: "vLLM returned HTTP 400: bad", type: "worker_error", code: null } },
    code: "model.server_error",
    says: { vendorCode: "worker_error" },
  },
  {
    vendor: "Gemini: a list, with its wait",
    status: 429,
    body: [
      {
        error: {
          code: 429,
          message: "You exceeded the limit.",
          status: "RESOURCE_EXHAUSTED",
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.QuotaFailure",
              violations: [{ quotaId: "GenerateRequestsPerMinute" }],
            },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" },
          ],
        },
      },
    ],
    code: "model.rate_limited",
    says: { vendorCode: "RESOURCE_EXHAUSTED", status: 429, retryAfterMs: 34_400 },
  },
  {
    vendor: "Gemini: overloaded",
    status: 503,
    body: { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } },
    code: "model.overloaded",
    says: { vendorCode: "UNAVAILABLE" },
  },
  {
    vendor: "Gemini: too long",
    status: 400,
    body: {
      error: {
        code: 400,
        message: "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
        status: "INVALID_ARGUMENT",
      },
    },
    code: "model.context_length",
    says: {},
  },
  {
    vendor: "Groq: tool call inside the stream",
    status: 200,
    body: {
      error: {
        message: "Tool call validation failed",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: "{}",
        status_code: 400,
      },
    },
    code: "model.bad_request",
    says: { status: 400, vendorCode: "tool_use_failed" },
  },
  {
    vendor: "xAI: code beside a text",
    status: 400,
    body: {
      code: "invalid_argument",
      error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
    code: "model.context_length",
    says: { vendorCode: "invalid_argument" },
  },
  {
    vendor: "Mistral, FastAPI: detail",
    status: 422,
    body: { detail: [{ loc: ["body", "model"], msg: "field required" }] },
    code: "model.bad_request",
    says: { vendorMessage: '[{"loc":["body","model"],"msg":"field required"}]' },
  },
  {
    vendor: "a detail that is a text",
    status: 401,
    body: { detail: "Unauthorized" },
    code: "model.auth",
    says: { vendorMessage: "Unauthorized" },
  },
];

describe("recorded failures", () => {
  it.each(recorded)("$vendor", ({ status, body, code, says }) => {
    const said = readErrorBody(body);

    expect(said).toMatchObject(says);
    expect(
      classifyFailure({
        status: said?.status ?? status,
        vendorCode: said?.vendorCode,
        vendorMessage: said?.vendorMessage,
        emptyBody: false,
      }),
    ).toBe(code);
  });
});

describe("readErrorBody", () => {
  it.each<JsonValue | undefined>([
    undefined,
    null,
    "text",
    42,
    [],
    {},
    { choices: [{ message: { content: "fine" } }], message: "x", code: "y" },
    { candidates: [] },
    { error: null, choices: [] },
    { message: { role: "assistant", content: "fine" }, done: true },
  ])("finds no error in %j", (body) => {
    expect(readErrorBody(body)).toBeUndefined();
  });

  it("keeps the vendor's object for an adapter's own reading", () => {
    const error = { message: "no", metadata: { reasons: ["violence"] } };
    expect(readErrorBody({ error })?.error).toEqual(error);
  });
});

describe("classifyFailure", () => {
  const words = { vendorCode: undefined, vendorMessage: undefined, emptyBody: false };

  it.each<[number | undefined, ModelFailureCode]>([
    [400, "model.bad_request"],
    [401, "model.auth"],
    [402, "model.quota_exhausted"],
    [403, "model.auth"],
    [404, "model.not_found"],
    [408, "model.server_error"],
    [409, "model.bad_request"],
    [413, "model.context_length"],
    [422, "model.bad_request"],
    [429, "model.rate_limited"],
    [500, "model.server_error"],
    [502, "model.server_error"],
    [503, "model.overloaded"],
    [504, "model.server_error"],
    [524, "model.server_error"],
    [529, "model.overloaded"],
    [200, "model.server_error"],
    [undefined, "model.server_error"],
  ])("takes a bare status %s for %s", (status, code) => {
    expect(classifyFailure({ ...words, status })).toBe(code);
  });

  it.each([
    "prompt is too long: 213462 tokens > 200000 maximum",
    "Your input exceeds the context window of this model.",
    "This model's maximum context length is 128000 tokens.",
    "This model's maximum prompt length is 131072",
    "Please reduce the length of the messages or completion.",
    "the request exceeds the available context size, try increasing it",
    "Input is greater than the context length",
    "too many tokens in the prompt",
    "Token limit exceeded",
  ])("takes %j for an overlong input, on a refusal only", (vendorMessage) => {
    for (const status of [400, 413, 422, 200, undefined]) {
      expect(classifyFailure({ ...words, status, vendorMessage })).toBe("model.context_length");
    }
    expect(classifyFailure({ ...words, status: 429, vendorMessage })).not.toBe("model.context_length");
    expect(classifyFailure({ ...words, status: 500, vendorMessage })).toBe("model.server_error");
  });

  it("takes names that every object has for no code of a vendor", () => {
    expect(classifyFailure({ ...words, status: 400, vendorCode: "constructor" })).toBe("model.bad_request");
  });
});
