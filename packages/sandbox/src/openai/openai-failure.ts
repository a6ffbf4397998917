import type { JsonValue } from "@salesagent/ports";
import type { Flavor } from "../dialect.js";
import { type Failure, USUAL_STATUS } from "../failure.js";
import type { FailureReason } from "../fault.js";

/** How OpenAI names each reason: `type`, `code` and a message. */
interface Names {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

const INVALID = "invalid_request_error";

const OPENAI_NAMES: Readonly<Record<FailureReason, Names>> = {
  auth: {
    type: INVALID,
    code: "invalid_api_key",
    message: "Incorrect API key provided. You can find your API key in your account settings.",
  },
  billing: { type: "insufficient_balance", code: "insufficient_balance", message: "Insufficient Balance" },
  forbidden: {
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
    message: "Country, region, or territory not supported",
  },
  "not-found": {
    type: INVALID,
    code: "model_not_found",
    message: "The model does not exist or you do not have access to it.",
  },
  "too-large": { type: INVALID, code: "request_too_large", message: "Request body is too large." },
  "bad-request": { type: INVALID, code: "invalid_value", message: "Invalid request." },
  unprocessable: {
    type: INVALID,
    code: "unprocessable_entity",
    message: "The request could not be processed.",
  },
  "rate-limit": {
    type: "requests",
    code: "rate_limit_exceeded",
    message: "Rate limit reached on requests per min (RPM): Limit 500, Used 500, Requested 1.",
  },
  quota: {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  server: {
    type: "server_error",
    code: null,
    message: "The server had an error while processing your request. Sorry about that!",
  },
  "bad-gateway": { type: "server_error", code: null, message: "Bad gateway." },
  unavailable: {
    type: "service_unavailable_error",
    code: "server_overloaded",
    message: "The engine is currently overloaded, please try again later.",
  },
  "gateway-timeout": { type: "server_error", code: "timeout", message: "The request timed out." },
  overloaded: { type: "server_error", code: "overloaded", message: "Overloaded. Please try again later." },
  "context-length": {
    type: INVALID,
    code: "context_length_exceeded",
    message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
  },
  "content-filter": {
    type: INVALID,
    code: "content_policy_violation",
    message: "Your request was rejected as a result of our safety system.",
  },
};

const CONTEXT_LIMIT =
  "This model's maximum context length is 131072 tokens. However, you requested 200000 tokens.";

const CEREBRAS_NAMES: Partial<Record<FailureReason, Names>> = {
  auth: { type: "invalid_request_error", code: "wrong_api_key", message: "Wrong API Key" },
  "not-found": {
    type: "not_found_error",
    code: "model_not_found",
    message: "Model does not exist or you do not have access to it.",
  },
  "rate-limit": {
    type: "too_many_requests_error",
    code: "request_quota_exceeded",
    message: "Requests per minute limit exceeded - too many requests sent.",
  },
  quota: {
    type: "too_many_tokens_error",
    code: "token_quota_exceeded",
    message: "Tokens per day limit exceeded - too many tokens processed.",
  },
  "context-length": {
    type: INVALID,
    code: "context_length_exceeded",
    message: "Please reduce the length of the messages or completion.",
  },
};

const OVERRIDES: Partial<Record<Flavor, Partial<Record<FailureReason, Names>>>> = {
  cerebras: CEREBRAS_NAMES,
  deepseek: {
    auth: {
      type: "authentication_error",
      code: "invalid_request_error",
      message: "Authentication Fails, Your api key is invalid",
    },
    billing: { type: "unknown_error", code: "invalid_request_error", message: "Insufficient Balance" },
    "not-found": { type: INVALID, code: "invalid_request_error", message: "Model Not Exist" },
    "context-length": { type: INVALID, code: "invalid_request_error", message: CONTEXT_LIMIT },
  },
  groq: {
    "context-length": {
      type: INVALID,
      code: "context_length_exceeded",
      message: "Please reduce the length of the messages or completion.",
    },
    "bad-request": { type: INVALID, code: "tool_use_failed", message: "Tool call validation failed" },
  },
  xai: {
    "context-length": {
      type: INVALID,
      code: "Client specified an invalid argument",
      message: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
  },
  vllm: { "context-length": { type: INVALID, code: null, message: CONTEXT_LIMIT } },
  openrouter: { "context-length": { type: INVALID, code: null, message: CONTEXT_LIMIT } },
  "gemini-compat": {
    "context-length": {
      type: INVALID,
      code: null,
      message: "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
    },
  },
};

/** The failure with the vendor's status, names and words. */
export interface NamedFailure extends Names {
  readonly status: number;
  readonly reason: FailureReason;
  readonly param: string | null;
}

/** Fills in what this vendor says for the reason. */
export function nameFailure(flavor: Flavor, failure: Failure): NamedFailure {
  const names = OVERRIDES[flavor]?.[failure.reason] ?? OPENAI_NAMES[failure.reason];
  return {
    reason: failure.reason,
    status: failure.status ?? statusOf(flavor, failure.reason),
    type: names.type,
    code: failure.code ?? names.code,
    message: failure.message ?? messageOf(failure, names),
    param: failure.param ?? (failure.reason === "rate-limit" && flavor === "cerebras" ? "quota" : null),
  };
}

function statusOf(flavor: Flavor, reason: FailureReason): number {
  if (reason === "quota" && (flavor === "deepseek" || flavor === "openrouter")) return 402;
  return USUAL_STATUS[reason];
}

function messageOf(failure: Failure, names: Names): string {
  if (failure.reason !== "not-found" || failure.model === undefined) return names.message;
  return names.message.replace(/^The model/, `The model \`${failure.model}\``);
}

/** The keys of OpenAI's error object. */
export function openaiErrorObject(named: NamedFailure): { [key: string]: JsonValue } {
  return { message: named.message, type: named.type, param: named.param, code: named.code };
}
