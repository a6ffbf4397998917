import type { ErrorCode } from "@salesagent/ports";

/** The codes that a failed model call can have by what the vendor says. */
export type ModelFailureCode = Extract<ErrorCode, `model.${string}`>;

/** What a vendor said of a failure. */
export interface VendorWords {
  readonly status: number | undefined;
  readonly vendorCode: string | undefined;
  readonly vendorMessage: string | undefined;
  /** The response had no body at all. */
  readonly emptyBody: boolean;
}

/** Vendors' phrases for an input that is too long; most have no code for it. */
const CONTEXT_OVERFLOW = [
  /prompt is too long/i,
  /exceeds the context window/i,
  /input token count.{0,100}exceeds the maximum/is,
  /maximum context length is \d+ tokens/i,
  /maximum prompt length is \d+/i,
  /reduce the length of the messages/i,
  /exceeds the available context size/i,
  /greater than the context length/i,
  /too many tokens(?! processed)/i,
  /token limit (?:exceeded|reached)/i,
];

/** Phrases of a safety system that has no code for it. */
const CONTENT_REFUSED = /rejected as a result of our safety system|content management policy/i;

const BY_VENDOR_CODE: Readonly<Record<string, ModelFailureCode>> = {
  insufficient_quota: "model.quota_exhausted",
  billing_error: "model.quota_exhausted",
  payment_required: "model.quota_exhausted",
  enforced_spend_limit_reached: "model.quota_exhausted",
  contract_spend_limit_reached: "model.quota_exhausted",
  linked_organization_spend_limit_reached: "model.quota_exhausted",
  linked_organization_billing_unavailable: "model.quota_exhausted",
  organization_on_hold: "model.quota_exhausted",
  rate_limit_exceeded: "model.rate_limited",
  rate_limit_error: "model.rate_limited",
  ramp_limit_exceeded: "model.rate_limited",
  request_quota_exceeded: "model.rate_limited",
  token_quota_exceeded: "model.rate_limited",
  too_many_requests_error: "model.rate_limited",
  overloaded: "model.overloaded",
  overloaded_error: "model.overloaded",
  provider_overloaded: "model.overloaded",
  provider_unavailable: "model.overloaded",
  server_overloaded: "model.overloaded",
  queue_exceeded: "model.overloaded",
  insufficient_system_resource: "model.overloaded",
  UNAVAILABLE: "model.overloaded",
  context_length_exceeded: "model.context_length",
  request_too_large: "model.context_length",
  model_not_found: "model.not_found",
  not_found_error: "model.not_found",
  NOT_FOUND: "model.not_found",
  authentication_error: "model.auth",
  permission_error: "model.auth",
  invalid_api_key: "model.auth",
  content_policy_violation: "model.content_filtered",
  content_filter: "model.content_filtered",
  refusal: "model.content_filtered",
  api_error: "model.server_error",
  server_error: "model.server_error",
  timeout_error: "model.server_error",
  INTERNAL: "model.server_error",
  DEADLINE_EXCEEDED: "model.server_error",
};

/**
 * Maps what a vendor said to a code of the error family. Words that name a spend limit or an overlong input win over the
 * vendor's code, the code over the status, since 429 and 400 stand for several things.
 */
export function classifyFailure(words: VendorWords): ModelFailureCode {
  const { status, vendorCode = "", vendorMessage = "" } = words;
  if (isContextOverflow(words)) return "model.context_length";
  if (/spend(?:ing)? limit|exceeded your current quota|insufficient balance/i.test(vendorMessage)) {
    return "model.quota_exhausted";
  }
  if (CONTENT_REFUSED.test(vendorMessage)) return "model.content_filtered";
  const byCode = Object.hasOwn(BY_VENDOR_CODE, vendorCode) ? BY_VENDOR_CODE[vendorCode] : undefined;
  return byCode ?? classifyStatus(status);
}

function isContextOverflow({ status, vendorMessage = "", emptyBody }: VendorWords): boolean {
  const inputAtFault = status === undefined || status === 200 || [400, 413, 422].includes(status);
  if (!inputAtFault) return false;
  return CONTEXT_OVERFLOW.some((phrase) => phrase.test(vendorMessage)) || (emptyBody && status === 413);
}

function classifyStatus(status: number | undefined): ModelFailureCode {
  if (status === undefined || status < 400) return "model.server_error";
  if (status === 401 || status === 403) return "model.auth";
  if (status === 402) return "model.quota_exhausted";
  if (status === 404) return "model.not_found";
  if (status === 413) return "model.context_length";
  if (status === 429) return "model.rate_limited";
  if (status === 503 || status === 529) return "model.overloaded";
  if (status === 408 || status >= 500) return "model.server_error";
  return "model.bad_request";
}
