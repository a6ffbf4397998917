import type { Clock } from "@salesagent/ports";
import { jsonAnswer, RateWindows } from "../shared/index.js";

/** How many calls an account takes. */
export interface HubspotRates {
  /** Calls in ten seconds, searches aside. @defaultValue 190 */
  readonly tenSecondly?: number;
  /** Searches in a second. @defaultValue 5 */
  readonly searchSecondly?: number;
  /** Calls in a day, searches included. @defaultValue 1_000_000 */
  readonly daily?: number;
}

const DAY_MS = 86_400_000;
const SECONDLY = 19;

/** Counts calls, and turns those away that are too many, in the three forms that HubSpot has for it. */
export class RateGate {
  readonly #general: RateWindows;
  readonly #search: RateWindows;
  readonly #daily: RateWindows;
  readonly #limits: Required<HubspotRates>;

  constructor({ tenSecondly = 190, searchSecondly = 5, daily = 1_000_000 }: HubspotRates, clock: Clock) {
    this.#limits = { tenSecondly, searchSecondly, daily };
    this.#general = new RateWindows([{ limit: tenSecondly, windowMs: 10_000 }], clock);
    this.#search = new RateWindows([{ limit: searchSecondly, windowMs: 1000 }], clock);
    this.#daily = new RateWindows([{ limit: daily, windowMs: DAY_MS }], clock);
  }

  /** Calls that came though there was no room. */
  get breaches(): number {
    return this.#general.breaches + this.#search.breaches + this.#daily.breaches;
  }

  /** The headers of an answer, or the answer that turns the call away. Calls by OAuth are told nothing of the day. */
  take(
    token: string,
    search: boolean,
    oauth: boolean,
  ): { headers: Record<string, string>; refused?: Response } {
    const day = this.#daily.take(token);
    const daily: Record<string, string> = oauth
      ? {}
      : {
          "x-hubspot-ratelimit-daily": String(this.#limits.daily),
          "x-hubspot-ratelimit-daily-remaining": String(day.states[0]?.remaining ?? 0),
        };
    if (!day.allowed) return { headers: daily, refused: rateRefusal("daily") };
    const { allowed, states } = (search ? this.#search : this.#general).take(token);
    if (search) return { headers: daily, ...(allowed ? {} : { refused: rateRefusal("search") }) };
    const headers = {
      ...daily,
      "x-hubspot-ratelimit-interval-milliseconds": "10000",
      "x-hubspot-ratelimit-max": String(this.#limits.tenSecondly),
      "x-hubspot-ratelimit-remaining": String(states[0]?.remaining ?? 0),
      "x-hubspot-ratelimit-secondly": String(SECONDLY),
      "x-hubspot-ratelimit-secondly-remaining": String(SECONDLY - 1),
    };
    return { headers, ...(allowed ? {} : { refused: rateRefusal("ten-secondly") }) };
  }
}

/** HubSpot's own 429. A search says neither which rule it broke nor how long to wait. */
export function rateRefusal(kind: "ten-secondly" | "search" | "daily", retryAfterSeconds?: number): Response {
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterSeconds)) };
  const correlationId = "c033cdaa-2c40-4a64-ae48-b4cec88dad24";
  if (kind === "search") {
    const message = "You have reached your secondly limit.";
    return jsonAnswer({ status: "error", message, correlationId, category: "RATE_LIMITS" }, 429, wait);
  }
  const policyName = kind === "daily" ? "DAILY" : "TEN_SECONDLY_ROLLING";
  const message = `You have reached your ${kind === "daily" ? "daily" : "ten_secondly_rolling"} limit.`;
  const groupName = "publicapi:private-apps-all";
  return jsonAnswer(
    { status: "error", message, errorType: "RATE_LIMIT", correlationId, policyName, groupName },
    429,
    wait,
  );
}
