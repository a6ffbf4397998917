import type { RateFact } from "./rate-facts.js";

/** One dialect: what it reads of the headers. */
type Dialect = (headers: Headers, nowMs: number) => readonly RateFact[];

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * What headers tell of a service's limits, in every dialect that is known: HubSpot's, Apollo's, Salesforce's, `X-RateLimit-*`, and
 * `RateLimit` as Close writes it, as the older drafts and as the newer drafts of the IETF do. Empty and senseless values are left
 * out, and times are rounded up.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function readRateFacts(headers: Headers, nowMs: number): readonly RateFact[] {
  return DIALECTS.flatMap((read) => read(headers, nowMs));
}

/** A whole number ≥ 0; nothing for a header that is absent, empty or none. */
function amount(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || !/^\s*\d{1,15}(?:\.0*)?\s*$/.test(text)) return undefined;
  return Number.parseInt(text, 10);
}

/** Seconds, decimals too, as milliseconds rounded up; what is far too many is an instant. */
function secondsUntil(text: string | null | undefined, nowMs: number): number | undefined {
  if (text === null || text === undefined || !/^\s*\d{1,15}(?:\.\d+)?\s*$/.test(text)) return undefined;
  const seconds = Number(text);
  // Instants are told in seconds or in milliseconds since the epoch; no window is 30 years long.
  if (seconds > 1e12) return Math.max(0, Math.ceil(seconds - nowMs));
  if (seconds > 1e9) return Math.max(0, Math.ceil(seconds * SECOND_MS - nowMs));
  return Math.ceil(Number((seconds * SECOND_MS).toFixed(3)));
}

/** A fact, unless nothing was told. */
function fact(
  window: string,
  told: { [K in "limit" | "remaining" | "resetMs" | "windowMs"]?: number | undefined },
): RateFact[] {
  if (told.limit === undefined && told.remaining === undefined) return [];
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return [{ window, ...Object.fromEntries(known) }];
}

const hubspot: Dialect = (headers) => {
  const read = (name: string) => amount(headers.get(`x-hubspot-ratelimit-${name}`));
  const interval = {
    limit: read("max"),
    remaining: read("remaining"),
    windowMs: read("interval-milliseconds"),
  };
  const secondly = { limit: read("secondly"), remaining: read("secondly-remaining"), windowMs: SECOND_MS };
  const daily = { limit: read("daily"), remaining: read("daily-remaining"), windowMs: DAY_MS };
  return [...fact("interval", interval), ...fact("secondly", secondly), ...fact("daily", daily)];
};

const APOLLO_WINDOWS = [
  ["minute", MINUTE_MS],
  ["hourly", HOUR_MS],
  ["24-hour", DAY_MS],
] as const;

const apollo: Dialect = (headers) =>
  APOLLO_WINDOWS.flatMap(([name, windowMs]) => {
    const limit = amount(headers.get(`x-rate-limit-${name}`));
    const usage = amount(headers.get(`x-${name}-usage`));
    const left = amount(headers.get(`x-${name}-requests-left`));
    const counted = limit === undefined || usage === undefined ? undefined : Math.max(0, limit - usage);
    return fact(name, { limit, remaining: left ?? counted, windowMs });
  });

/** `api-usage=10018/15000`, of 24 hours. */
const salesforce: Dialect = (headers) => {
  const usage = /\bapi-usage=(\d{1,15})\/(\d{1,15})/.exec(headers.get("sforce-limit-info") ?? "");
  if (!usage) return [];
  const limit = Number(usage[2]);
  return fact("daily", { limit, remaining: Math.max(0, limit - Number(usage[1])), windowMs: DAY_MS });
};

/** `X-RateLimit-*` without a kind, and the older drafts' `RateLimit-Limit`, `-Remaining` and `-Reset`. */
const separate: Dialect = (headers, nowMs) =>
  ["x-ratelimit", "x-rate-limit", "ratelimit"].flatMap((prefix) => {
    const first = (name: string) => headers.get(`${prefix}-${name}`)?.split(/[,;]/, 1)[0];
    const windowS = /;\s*w=(\d+)/.exec(headers.get(`${prefix}-limit`) ?? "")?.[1];
    return fact("default", {
      limit: amount(first("limit")),
      remaining: amount(first("remaining")),
      resetMs: secondsUntil(first("reset"), nowMs),
      windowMs: windowS === undefined ? undefined : Number(windowS) * SECOND_MS,
    });
  });

/** One header with all in it: `limit=100, remaining=50, reset=5` (Close, older drafts) or `"daily";r=50;t=30` (newer drafts). */
const together: Dialect = (headers, nowMs) => {
  const text = headers.get("ratelimit");
  if (text === null) return [];
  return /\b(?:limit|remaining)\s*=/i.test(text) ? pairs(text, nowMs) : items(headers, text, nowMs);
};

function pairs(text: string, nowMs: number): RateFact[] {
  const told = new Map(
    text.split(/[,;]/).map((pair): [string, string] => {
      const [name = "", value = ""] = pair.split("=", 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  return fact("default", {
    limit: amount(told.get("limit")),
    remaining: amount(told.get("remaining")),
    resetMs: secondsUntil(told.get("reset"), nowMs),
  });
}

/** A list of structured fields: `"burst";r=50;t=5, "daily";r=900`, with `q` and `w` in `RateLimit-Policy`. */
function items(headers: Headers, text: string, nowMs: number): RateFact[] {
  const policies = new Map(parameters(headers.get("ratelimit-policy") ?? ""));
  return parameters(text).flatMap(([name, told]) => {
    const policy = policies.get(name);
    const windowS = amount(policy?.get("w"));
    return fact(name, {
      limit: amount(policy?.get("q")),
      remaining: amount(told.get("r")),
      resetMs: secondsUntil(told.get("t"), nowMs),
      windowMs: windowS === undefined ? undefined : windowS * SECOND_MS,
    });
  });
}

function parameters(text: string): [string, Map<string, string>][] {
  return text.split(",").flatMap((item): [string, Map<string, string>][] => {
    const [name = "", ...rest] = item.split(";").map((part) => part.trim());
    const plain = name.replace(/^"(.*)"$/, "$1");
    if (plain === "") return [];
    const named = rest.map((part): [string, string] => {
      const [key = "", value = ""] = part.split("=", 2);
      return [key.trim().toLowerCase(), value.trim()];
    });
    return [[plain, new Map(named)]];
  });
}

const DIALECTS: readonly Dialect[] = [hubspot, apollo, salesforce, separate, together];
