import type { JsonObject } from "@salesagent/ports";
import { type Failure, USUAL_STATUS } from "../failure.js";
import type { FailureReason } from "../fault.js";
import { seededId } from "../seeded-id.js";

interface Names {
  readonly type: string;
  readonly message: string;
  /** `details.error_code`, where there is one. */
  readonly errorCode?: string;
}

const INVALID = "invalid_request_error";

const NAMES: Readonly<Record<FailureReason, Names>> = {
  auth: { type: "authentication_error", message: "invalid x-api-key" },
  billing: {
    type: "billing_error",
    message: "Your credit balance is too low to access the API.",
    errorCode: "linked_organization_spend_limit_reached",
  },
  forbidden: {
    type: "permission_error",
    message: "Your API key does not have permission to use the specified resource.",
  },
  "not-found": { type: "not_found_error", message: "model: missing" },
  "too-large": { type: "request_too_large", message: "Request exceeds the maximum size" },
  "bad-request": { type: INVALID, message: "Invalid request." },
  unprocessable: { type: INVALID, message: "The request could not be processed." },
  "rate-limit": {
    type: "rate_limit_error",
    message: "This request would exceed your organization's rate limit. Please try again later.",
  },
  quota: {
    type: "rate_limit_error",
    message: "Your organization has reached its spend limit.",
    errorCode: "enforced_spend_limit_reached",
  },
  server: { type: "api_error", message: "Internal server error" },
  "bad-gateway": { type: "api_error", message: "Bad gateway" },
  unavailable: { type: "api_error", message: "Service unavailable" },
  "gateway-timeout": { type: "timeout_error", message: "Request timed out" },
  overloaded: { type: "overloaded_error", message: "Overloaded" },
  "context-length": { type: INVALID, message: "prompt is too long: 213462 tokens > 200000 maximum" },
  "content-filter": { type: INVALID, message: "Output blocked by content filtering policy" },
};

/** Anthropic's status for a failure. */
export function anthropicStatus(failure: Failure): number {
  return failure.status ?? USUAL_STATUS[failure.reason];
}

/** The error object alone. */
export function anthropicError(failure: Failure): JsonObject {
  const names = NAMES[failure.reason];
  const code = failure.code ?? names.errorCode;
  const usual =
    failure.reason === "not-found" && failure.model !== undefined ? `model: ${failure.model}` : names.message;
  return {
    type: names.type,
    message: failure.message ?? usual,
    ...(code === undefined ? {} : { details: { error_code: code } }),
  };
}

/** The body of a refusal, and of an error inside a stream. */
export function anthropicFailureBody(failure: Failure, seed: string): JsonObject {
  return { type: "error", error: anthropicError(failure), request_id: requestIdOf(seed) };
}

/** The request's id, told in the header and in error bodies. */
export function requestIdOf(seed: string): string {
  return `req_simulated${seededId(seed, 14)}`;
}
