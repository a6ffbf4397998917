import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Flavor } from "../dialect.js";
import type { Failure } from "../failure.js";
import type { FailureReason } from "../fault.js";
import { type NamedFailure, nameFailure, openaiErrorObject } from "./openai-failure.js";

/** The body of a refusal, as this vendor shapes it. */
export function chatFailureBody(flavor: Flavor, failure: Failure): JsonValue {
  const named = nameFailure(flavor, failure);
  return SHAPES[flavor]?.(named, failure) ?? { error: openaiErrorObject(named) };
}

/** The error object itself, without what is wrapped around it. */
export function chatErrorObject(flavor: Flavor, failure: Failure): JsonObject {
  const body = chatFailureBody(flavor, failure);
  const first: JsonValue | undefined = Array.isArray(body) ? body[0] : body;
  const outer =
    typeof first === "object" && first !== null && !Array.isArray(first) ? (first as JsonObject) : {};
  const inner = outer["error"];
  return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : outer;
}

type Shape = (named: NamedFailure, failure: Failure) => JsonValue;

const SHAPES: Partial<Record<Flavor, Shape>> = {
  cerebras: (named) => openaiErrorObject(named),
  openrouter: (named, failure) => ({
    error: {
      code: named.status,
      message: failure.message ?? (named.reason === "rate-limit" ? "Provider returned error" : named.message),
      metadata: {
        error_type: OPENROUTER_TYPES[named.reason],
        provider_name: "Simulated",
        raw: named.message,
        ...(named.reason === "content-filter" ? { reasons: ["simulated"], flagged_input: "simulated" } : {}),
      },
    },
    user_id: "user_simulated",
  }),
  vllm: (named) => ({
    error: {
      message: named.message,
      type: VLLM_TYPES.get(named.status) ?? "InternalServerError",
      param: named.param,
      code: named.status,
    },
  }),
  "ollama-compat": (named) => ({
    error: { message: named.message, type: ollamaType(named.status), param: null, code: null },
  }),
  "gemini-compat": (named) => [
    {
      error: {
        code: named.status,
        message: named.message,
        status: GOOGLE_STATUS.get(named.status) ?? "UNKNOWN",
      },
    },
  ],
  xai: (named) => ({ code: named.code ?? "Some resource has been exhausted", error: named.message }),
  mistral: (named) =>
    named.status === 422
      ? { detail: [{ type: "missing", loc: ["body", named.param ?? "messages"], msg: named.message }] }
      : { object: "error", message: named.message, type: named.type, param: named.param, code: named.code },
  snowflake: (named) => ({ message: named.message, code: named.code, request_id: "simulated" }),
};

const OPENROUTER_TYPES: Readonly<Record<FailureReason, string>> = {
  auth: "authentication",
  billing: "payment_required",
  forbidden: "permission_denied",
  "not-found": "not_found",
  "too-large": "payload_too_large",
  "bad-request": "invalid_request",
  unprocessable: "unprocessable",
  "rate-limit": "rate_limit_exceeded",
  quota: "payment_required",
  server: "server",
  "bad-gateway": "provider_unavailable",
  unavailable: "provider_overloaded",
  "gateway-timeout": "timeout",
  overloaded: "provider_overloaded",
  "context-length": "context_length_exceeded",
  "content-filter": "content_policy_violation",
};

const VLLM_TYPES = new Map([
  [400, "BadRequestError"],
  [401, "AuthenticationError"],
  [404, "NotFoundError"],
  [422, "UnprocessableEntityError"],
  [429, "RateLimitError"],
  [503, "ServiceUnavailableError"],
]);

/** Google's names for statuses. */
export const GOOGLE_STATUS = new Map([
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [402, "FAILED_PRECONDITION"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [413, "INVALID_ARGUMENT"],
  [422, "INVALID_ARGUMENT"],
  [429, "RESOURCE_EXHAUSTED"],
  [500, "INTERNAL"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
  [529, "UNAVAILABLE"],
]);

function ollamaType(status: number): string {
  if (status === 404) return "not_found_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}
