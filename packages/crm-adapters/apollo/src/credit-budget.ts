import { type CallOptions, type Clock, type RateBudgetStore, SalesAgentError } from "@salesagent/ports";

/** How many of Apollo's credits may be spent. */
export interface CreditOptions {
  /** Whole number ≥ 1. */
  readonly limit: number;
  /** The span for which the limit is, in milliseconds, at most 7 days. @defaultValue 1 day */
  readonly perMs?: number | undefined;
  /**
   * Counts for all processes. It can't give back, so there a lookup that finds nothing counts as a credit too.
   *
   * @defaultValue this process counts for itself, and exactly
   */
  readonly store?: RateBudgetStore | undefined;
  /** Names the count in the store, such as the team. @defaultValue "apollo" */
  readonly name?: string | undefined;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** Credits that were set aside; what they came to is told once. */
export type SettleCredits = (spent: number) => void;

/** Counts credits, and refuses to spend more than allowed. They are set aside before a call, so that many at once can't pass the limit. */
export class CreditBudget {
  readonly #options: CreditOptions | undefined;
  readonly #clock: Clock;
  #windowEndsAtMs = Number.NEGATIVE_INFINITY;
  #held = 0;
  #inWindow = 0;
  #spent = 0;

  constructor(options: CreditOptions | undefined, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** @throws RangeError naming the option that makes no sense. */
  static check(options: CreditOptions | undefined): void {
    if (options === undefined) return;
    const { limit, perMs = DAY_MS } = options;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`apollo.enrichment.credits.limit must be a whole number ≥ 1, got ${limit}`);
    }
    if (!Number.isInteger(perMs) || perMs < 1 || perMs > WEEK_MS) {
      throw new RangeError(
        `apollo.enrichment.credits.perMs must be a whole number from 1 to ${WEEK_MS}, got ${perMs}`,
      );
    }
  }

  /** What was spent since the process began. */
  get spent(): number {
    return this.#spent;
  }

  /** @throws `service.quota_exhausted` where there are not so many left; nothing is set aside then. */
  async reserve(credits: number, call: CallOptions = {}): Promise<SettleCredits> {
    const {
      limit,
      perMs = DAY_MS,
      store,
      name = "apollo",
    } = this.#options ?? { limit: Number.POSITIVE_INFINITY };
    if (store !== undefined) {
      const windows = [{ name: "credits", limit, windowMs: perMs }];
      const grant = await store.take({ key: `credits:${name}`, windows, calls: credits }, call);
      if (!grant.granted) throw this.#exhausted(limit, grant.waitMs);
      return (spent) => {
        this.#spent += spent;
      };
    }
    const nowMs = this.#clock.now();
    if (nowMs >= this.#windowEndsAtMs) {
      this.#windowEndsAtMs = nowMs + perMs;
      this.#inWindow = 0;
    }
    if (this.#inWindow + this.#held + credits > limit)
      throw this.#exhausted(limit, this.#windowEndsAtMs - nowMs);
    this.#held += credits;
    return (spent) => {
      this.#held -= credits;
      this.#inWindow += spent;
      this.#spent += spent;
    };
  }

  #exhausted(limit: number, retryAfterMs: number): SalesAgentError {
    return new SalesAgentError("service.quota_exhausted", {
      message: `apollo: the limit of ${limit} credits is used up; nothing was asked. Raise enrichment.credits.limit, or wait.`,
      facts: { service: "apollo", vendorCode: "credit_limit", retryAfterMs },
      replay: "safe",
    });
  }
}
