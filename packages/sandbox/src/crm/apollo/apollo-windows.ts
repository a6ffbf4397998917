import type { Clock } from "@salesagent/ports";
import { type RateState, type RateVerdict, RateWindows } from "../shared/index.js";

/** Calls that one endpoint takes in a minute, an hour and a day; what is absent is not limited. */
export interface ApolloLimits {
  readonly minute?: number;
  readonly hour?: number;
  readonly day?: number;
}

const SPANS = [
  ["minute", "minute", 60_000],
  ["hour", "hourly", 3_600_000],
  ["day", "24-hour", 86_400_000],
] as const;

/** The windows of one endpoint, and the headers that tell of them. */
export class ApolloWindows {
  readonly #limits: ApolloLimits;
  readonly #windows: RateWindows;

  constructor(limits: ApolloLimits, clock: Clock) {
    this.#limits = limits;
    const limited = SPANS.flatMap(([span, , windowMs]) => {
      const limit = limits[span];
      return limit === undefined ? [] : [{ limit, windowMs }];
    });
    this.#windows = new RateWindows(limited, clock);
  }

  get breaches(): number {
    return this.#windows.breaches;
  }

  take(key: string): RateVerdict {
    return this.#windows.take(key);
  }

  /** Empty texts for windows that are not limited. */
  headersOf({ states, allowed, retryAfterMs }: RateVerdict): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [span, name, windowMs] of SPANS) {
      const limit = this.#limits[span];
      const state = states.find((one) => one.windowMs === windowMs);
      const short = name === "minute" ? "minute" : name;
      headers[`x-rate-limit-${name}`] = limit === undefined ? "" : String(limit);
      headers[`x-${short}-usage`] = state === undefined ? "" : String(state.limit - state.remaining);
      headers[`x-${short}-requests-left`] = state === undefined ? "" : String(state.remaining);
    }
    if (!allowed) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
    return headers;
  }

  /** What a 429 says: the window that is full. */
  messageOf(endpoint: string, { states }: RateVerdict): string {
    const full = states.find(({ remaining }) => remaining <= 0) ?? states[0];
    const span = SPANS.find(([, , windowMs]) => windowMs === full?.windowMs)?.[0] ?? "hour";
    return `The maximum number of api calls allowed for ${endpoint} is ${full?.limit ?? 0} times per ${span}. Please upgrade your plan.`;
  }

  /** As the endpoint of usage tells them. */
  usageOf({ states }: { readonly states: readonly RateState[] }): Record<string, unknown> {
    return Object.fromEntries(
      SPANS.map(([span, , windowMs]) => {
        const state = states.find((one) => one.windowMs === windowMs);
        return [
          span,
          {
            limit: state?.limit ?? null,
            consumed: state === undefined ? null : state.limit - state.remaining,
            left_over: state?.remaining ?? null,
          },
        ];
      }),
    );
  }
}
