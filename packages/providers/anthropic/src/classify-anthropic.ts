import type { ModelFailureCode, WireFailureInit } from "@salesagent/provider-kit";

/**
 * What the common reading of a failure gets wrong for this vendor: 503 comes under the type of any server error, and
 * content that was refused under the type of any bad request, with nothing but its words to tell it by.
 */
export function classifyAnthropic(failure: WireFailureInit): ModelFailureCode | undefined {
  if (failure.status === 503) return "model.overloaded";
  const blocked = failure.vendorCode === "invalid_request_error";
  if (blocked && /content filtering policy/i.test(failure.vendorMessage ?? ""))
    return "model.content_filtered";
  return undefined;
}
