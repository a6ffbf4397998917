import {
  type BudgetWindow,
  createRateBudget,
  createServiceClient,
  type FailedAnswer,
  type FailureReading,
  type RateFact,
  readRateFacts,
  type ServiceAuth,
  type ServiceClient,
} from "@salesagent/core/http";
import type { ResolvedHubspot } from "./hubspot-options.js";

/**
 * HubSpot's limits, for a rate budget of one's own. They are those of the smallest plan; answers tell larger ones.
 *
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export const HUBSPOT_RATE_WINDOWS: readonly BudgetWindow[] = [
  { name: "interval", limit: 100, windowMs: 10_000, groups: ["general"], raise: true },
  { name: "search", limit: 5, windowMs: 1_000, groups: ["search"] },
  // Days end at the account's midnight, so that none is counted: it only holds what HubSpot says of one that is used up.
  { name: "daily", limit: 1_000_000_000, windowMs: 86_400_000 },
];

/** Where users let an app in, and where it has its tokens. */
export const HUBSPOT_AUTHORIZE_URL = "https://app.hubspot.com/oauth/authorize";
export const HUBSPOT_TOKEN_URL = "https://api.hubapi.com/oauth/v1/token";

const LOCKED_WAIT_MS = 2_000;
const MIGRATION_WAIT_MS = 300_000;
const TEN_SECONDS_MS = 10_000;

/** The client of an account. */
export function hubspotClient(options: ResolvedHubspot, auth: ServiceAuth): ServiceClient {
  const { baseUrl, clock, random, fetch, http } = options;
  const rateBudget = createRateBudget({ name: "hubspot", windows: HUBSPOT_RATE_WINDOWS, clock });
  return createServiceClient({
    rateBudget,
    ...http,
    service: "hubspot",
    baseUrl,
    auth,
    clock,
    random,
    ...(fetch === undefined ? {} : { fetch }),
    readRateFacts: (headers, nowMs) => rateFactsOf(headers, nowMs, options.timeZone),
    classify: (answer) => readFailure(answer, clock.now(), options.timeZone),
  });
}

/** What headers tell of the limits; of the day, only that it is used up. */
function rateFactsOf(headers: Headers, nowMs: number, timeZone: string): readonly RateFact[] {
  return readRateFacts(headers, nowMs).flatMap((fact): RateFact[] => {
    if (fact.window !== "daily") return [fact];
    const resetMs = untilMidnight(nowMs, timeZone);
    return fact.remaining === 0 ? [{ window: "daily", remaining: 0, resetMs }] : [];
  });
}

/** What HubSpot means by its failures: waits that it does not tell are known by their rule. */
function readFailure(answer: FailedAnswer, nowMs: number, timeZone: string): FailureReading | undefined {
  const { status, retryAfterMs } = answer;
  if (status === 429) return readRateLimit(answer, nowMs, timeZone);
  if (status === 423) {
    const waitMs = Math.max(retryAfterMs ?? 0, LOCKED_WAIT_MS);
    return { code: "service.unavailable", retryAfterMs: waitMs, notProcessed: true };
  }
  // The account is being moved to another data centre.
  if (status === 477) {
    const waitMs = retryAfterMs ?? MIGRATION_WAIT_MS;
    return { code: "service.unavailable", retryAfterMs: waitMs, notProcessed: true };
  }
  // A token that is none never reaches the API.
  if (status === 530) return { code: "service.auth", notProcessed: true };
  return undefined;
}

function readRateLimit(answer: FailedAnswer, nowMs: number, timeZone: string): FailureReading {
  const body = answer.body();
  const policy = textOf(body, "policyName").toUpperCase();
  const message = textOf(body, "message").toLowerCase();
  const vendorCode = policy || textOf(body, "category") || undefined;
  if (policy === "DAILY" || message.includes("daily limit")) {
    const waitMs = answer.retryAfterMs ?? untilMidnight(nowMs, timeZone);
    return { code: "service.quota_exhausted", vendorCode, retryAfterMs: waitMs, windows: ["daily"] };
  }
  const isSecondly = policy.startsWith("SECONDLY") || (policy === "" && /\bsecondly limit/.test(message));
  const waitMs = answer.retryAfterMs ?? (isSecondly ? 1_000 : TEN_SECONDS_MS);
  return { vendorCode, retryAfterMs: waitMs };
}

/** How long the account's day still lasts. */
export function untilMidnight(nowMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(nowMs);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const goneMs = ((read("hour") * 60 + read("minute")) * 60 + read("second")) * 1_000 + (nowMs % 1_000);
  return 86_400_000 - goneMs;
}

function textOf(body: unknown, name: string): string {
  const value =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" ? value : "";
}
