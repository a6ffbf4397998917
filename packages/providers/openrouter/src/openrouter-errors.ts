import { isJsonObject, type ModelFailureCode, type WireFailureInit } from "@salesagent/provider-kit";

/** `metadata.error_type` of OpenRouter's errors, where the common reading has no such code. */
const BY_ERROR_TYPE: Readonly<Record<string, ModelFailureCode>> = {
  authentication: "model.auth",
  permission_denied: "model.auth",
  not_found: "model.not_found",
  max_tokens_exceeded: "model.context_length",
  token_limit_exceeded: "model.context_length",
  string_too_long: "model.context_length",
  payload_too_large: "model.context_length",
  invalid_request: "model.bad_request",
  invalid_prompt: "model.bad_request",
  precondition_failed: "model.bad_request",
  unprocessable: "model.bad_request",
  server: "model.server_error",
  timeout: "model.server_error",
  unmapped: "model.server_error",
};

/**
 * Reads what OpenRouter puts beside its errors.
 *
 * @see https://openrouter.ai/docs/api-reference/errors
 */
export function classifyOpenRouter({
  error,
  status,
  vendorCode,
}: WireFailureInit): ModelFailureCode | undefined {
  const metadata = error?.["metadata"];
  if (isJsonObject(metadata)) {
    // Moderation refuses with 403, which elsewhere means the key.
    if (Array.isArray(metadata["reasons"])) return "model.content_filtered";
    // The budget of requests under way, not the credit: it is free again when they end.
    if (metadata["limit_source"] === "openrouter_in_flight_budget") return "model.rate_limited";
  }
  if (vendorCode === undefined || !Object.hasOwn(BY_ERROR_TYPE, vendorCode)) return undefined;
  // An unmapped error says nothing that its status does not say better.
  if (vendorCode === "unmapped" && status !== undefined && status !== 200) return undefined;
  return BY_ERROR_TYPE[vendorCode];
}
