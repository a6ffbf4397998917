import type { JsonObject } from "@salesagent/ports";
import { type Failure, USUAL_STATUS } from "../failure.js";
import type { FailureReason } from "../fault.js";
import { GOOGLE_STATUS } from "../openai/chat-failure.js";

const MESSAGES: Readonly<Record<FailureReason, string>> = {
  auth: "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  billing: "This API method requires billing to be enabled.",
  forbidden: "The caller does not have permission",
  "not-found": "The model is not found for API version v1beta, or is not supported for generateContent.",
  "too-large": "Request payload size exceeds the limit: 20971520 bytes.",
  "bad-request": "Request contains an invalid argument.",
  unprocessable: "Request contains an invalid argument.",
  "rate-limit": "Resource has been exhausted (e.g. check quota).",
  quota: "You exceeded your current quota, please check your plan and billing details.",
  server: "An internal error has occurred. Please retry.",
  "bad-gateway": "Bad gateway.",
  unavailable: "The model is overloaded. Please try again later.",
  "gateway-timeout": "The request timed out. Please try again.",
  overloaded: "The model is overloaded. Please try again later.",
  "context-length": "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
  "content-filter": "The request was blocked.",
};

const STATUSES: Partial<Record<FailureReason, number>> = {
  auth: 403,
  billing: 403,
  "too-large": 400,
  unprocessable: 400,
  overloaded: 503,
};

/** Google's status for a failure. */
export function geminiStatus(failure: Failure): number {
  return failure.status ?? STATUSES[failure.reason] ?? USUAL_STATUS[failure.reason];
}

/** The error object; it tells waits and quotas in its details, for there is no header. */
export function geminiError(failure: Failure): JsonObject {
  const code = geminiStatus(failure);
  const details = detailsOf(failure);
  return {
    code,
    message: failure.message ?? messageOf(failure),
    status: GOOGLE_STATUS.get(code) ?? "UNKNOWN",
    ...(details.length > 0 ? { details } : {}),
  };
}

function messageOf({ reason, model }: Failure): string {
  const usual = MESSAGES[reason];
  return reason === "not-found" && model ? usual.replace("The model", `models/${model}`) : usual;
}

function detailsOf({ reason, retryAfterMs }: Failure): JsonObject[] {
  const window = reason === "quota" ? "Day" : "Minute";
  const quotaId = `GenerateRequestsPer${window}PerProjectPerModel-FreeTier`;
  return [
    ...(reason === "quota" || reason === "rate-limit"
      ? [{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] }]
      : []),
    ...(retryAfterMs === undefined
      ? []
      : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfterMs / 1000}s` }]),
  ];
}
