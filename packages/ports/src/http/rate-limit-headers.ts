import type { RateLimitFact } from "../model/model-event.js";

type Mutable = { -readonly [K in keyof RateLimitFact]: RateLimitFact[K] };

const OPENAI_STYLE = /^x-ratelimit-(limit|remaining|reset)-(requests|tokens)(?:-(minute|hour|day))?$/;
const ANTHROPIC_STYLE =
  /^anthropic-ratelimit-(requests|tokens|input-tokens|output-tokens)-(limit|remaining|reset)$/;

/**
 * What the rate-limit headers of a response tell, in the dialects of OpenAI (durations such as `1m6.779s`), Anthropic (RFC
 * 3339 instants) and Cerebras (seconds, by window). Values that make no sense, such as Azure's -1, are left out.
 *
 * @param nowMs - The present, in milliseconds since the epoch, for instants.
 */
export function readRateLimits(headers: Headers, nowMs: number): RateLimitFact[] {
  const facts = new Map<string, Mutable>();
  headers.forEach((value, name) => {
    if (!name.includes("ratelimit") || value.trim() === "") return;
    const openai = OPENAI_STYLE.exec(name);
    if (openai) note(facts, openai[1], openai[2], openai[3], value, nowMs);
    const anthropic = ANTHROPIC_STYLE.exec(name);
    if (anthropic) note(facts, anthropic[2], anthropic[1], undefined, value, nowMs);
  });
  return [...facts.values()];
}

function note(
  facts: Map<string, Mutable>,
  field: string | undefined,
  kind: string | undefined,
  window: string | undefined,
  value: string,
  nowMs: number,
): void {
  const amount = field === "reset" ? resetMs(value, nowMs) : Number(value);
  if (amount === undefined || !Number.isFinite(amount) || amount < 0) return;
  const key = `${kind}/${window}`;
  let fact = facts.get(key);
  if (!fact) {
    fact = { kind: kind as RateLimitFact["kind"], ...(window === undefined ? {} : { window }) };
    facts.set(key, fact);
  }
  if (field === "reset") fact.resetMs = amount;
  else if (field === "limit") fact.limit = amount;
  else fact.remaining = amount;
}

const GO_DURATION = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** Milliseconds until a reset told as a duration, as seconds, or as an instant. */
export function resetMs(value: string, nowMs: number): number | undefined {
  const plain = value.trim();
  if (plain === "") return undefined;
  const seconds = Number(plain);
  if (Number.isFinite(seconds)) return Math.ceil(seconds * 1000);
  const parts = GO_DURATION.exec(plain);
  if (parts) {
    const [hours = 0, minutes = 0, secs = 0, ms = 0] = parts.slice(1).map((part) => Number(part ?? 0));
    return Math.ceil(((hours * 60 + minutes) * 60 + secs) * 1000 + ms);
  }
  const instant = Date.parse(plain);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - nowMs);
}
