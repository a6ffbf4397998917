import type { JsonValue } from "@salesagent/ports";
import { isJsonObject, type ModelFailureCode, type WireFailureInit } from "@salesagent/provider-kit";

/**
 * What the common reading of a failure gets wrong for this vendor: it says "quota" of every limit, and only the quota's
 * name tells a day from a minute; a wrong key is a bad request; a blocked prompt has a code of its own.
 */
export function classifyGemini(failure: WireFailureInit): ModelFailureCode | undefined {
  const { error, vendorCode, vendorMessage = "" } = failure;
  if (error?.["blocked"] === true) return "model.content_filtered";
  if (failure.status === 429 || vendorCode === "RESOURCE_EXHAUSTED") {
    return quotaIds(error?.["details"]).some((id) => id.includes("PerDay"))
      ? "model.quota_exhausted"
      : "model.rate_limited";
  }
  if (/API key (?:not valid|expired|not found)/i.test(vendorMessage)) return "model.auth";
  return undefined;
}

function quotaIds(details: JsonValue | undefined): string[] {
  if (!Array.isArray(details)) return [];
  const entries: readonly JsonValue[] = details;
  return entries.flatMap((detail) => {
    const violations = isJsonObject(detail) ? detail["violations"] : undefined;
    if (!Array.isArray(violations)) return [];
    const listed: readonly JsonValue[] = violations;
    return listed.map((violation) => (isJsonObject(violation) ? String(violation["quotaId"] ?? "") : ""));
  });
}
