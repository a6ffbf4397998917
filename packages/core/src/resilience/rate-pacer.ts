import { type Clock, type RateLimitFact, SalesAgentError, systemClock, wait } from "@salesagent/ports";
import { checkName, checkOption } from "./check-option.js";
import { type Meter, TokenBucket } from "./token-bucket.js";
import { meterOf } from "./told-limit.js";

/** What a call takes of the limits. Amounts are finite and ≥ 0. */
export interface RateCost {
  /** @defaultValue 1 */
  readonly requests?: number;
  /** Counts against limits of tokens and of input tokens. @defaultValue 0 */
  readonly tokens?: number;
  /** Counts against limits of output tokens. @defaultValue 1 */
  readonly outputTokens?: number;
}

/** The rates to keep to. */
export interface RatePacerOptions {
  /** Names what is paced, in errors; 1–400 characters. */
  readonly name: string;
  /** A number > 0. @defaultValue only what responses tell */
  readonly requestsPerMinute?: number;
  /** A number > 0. @defaultValue only what responses tell */
  readonly tokensPerMinute?: number;
  /** The longest wait of {@link RatePacer.take}, in milliseconds. @defaultValue 60,000 */
  readonly maxWaitMs?: number;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

type Kind = RateLimitFact["kind"];
type Amounts = Readonly<Record<Kind, number>>;

interface KnownLimit {
  readonly kind: Kind;
  readonly meter: Meter;
  /** By `elapsed()`: when it was told. */
  readonly toldMs: number;
}

/**
 * Keeps calls within rates: those that are set, and those that a vendor's response headers tell. It counts by the clock
 * when it is asked, synchronously, and sets no timer but that of a wait.
 */
export class RatePacer {
  readonly name: string;
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  readonly #meters = new Map<string, KnownLimit>();
  readonly #waiting = new Set<Amounts>();

  /** @throws RangeError or TypeError naming the option that makes no sense. */
  constructor(options: RatePacerOptions) {
    const { name, requestsPerMinute, tokensPerMinute, maxWaitMs = 60_000, clock = systemClock } = options;
    checkName("ratePacer.name", name);
    checkOption(
      "ratePacer.maxWaitMs",
      maxWaitMs,
      "a number of milliseconds ≥ 0, or Infinity",
      (it) => it >= 0,
    );
    this.name = name;
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
    this.#setRate("requests", "requestsPerMinute", requestsPerMinute);
    this.#setRate("tokens", "tokensPerMinute", tokensPerMinute);
  }

  /** What is left of the tightest limit, 0–1. Undefined while no limit is known. */
  get headroom(): number | undefined {
    let least: number | undefined;
    for (const { meter } of this.#meters.values()) least = Math.min(least ?? 1, meter.headroom);
    return least;
  }

  /** When a call of this cost may begin, in milliseconds since the epoch; the present when it may now. */
  readyAt(cost: RateCost = {}): number {
    return Math.ceil(this.#clock.now() + this.#waitMs(toAmounts(cost)));
  }

  /** How long until a call of this cost may begin, in milliseconds; 0: it may now. */
  waitMs(cost: RateCost = {}): number {
    return this.#waitMs(toAmounts(cost));
  }

  /** Takes the cost if all limits have it. */
  tryTake(cost: RateCost = {}): boolean {
    const amounts = toAmounts(cost);
    if (this.#waitMs(amounts) > 0) return false;
    this.#spend(amounts);
    return true;
  }

  /**
   * Takes the cost in any case, and tells how long to wait before the call. Later ones wait until this is made up for.
   *
   * @returns Whole milliseconds; 0: now.
   */
  reserve(cost: RateCost = {}): { readonly waitMs: number } {
    const amounts = toAmounts(cost);
    const waitMs = Math.ceil(this.#waitMs(amounts));
    this.#spend(amounts);
    return { waitMs };
  }

  /**
   * Takes the cost and waits until the call may begin, first come first served.
   *
   * @param signal - Ends the wait and gives the cost back.
   * @throws SalesAgentError `call.wait_too_long`, and nothing is taken; the signal's reason.
   */
  async take(cost: RateCost = {}, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const amounts = toAmounts(cost);
    const waitMs = Math.ceil(this.#waitMs(amounts));
    if (waitMs > this.#maxWaitMs) throw this.#tooLong(waitMs);
    this.#spend(amounts);
    if (waitMs === 0) return;
    this.#waiting.add(amounts);
    try {
      await wait(this.#clock, waitMs, signal);
    } catch (error) {
      for (const { kind, meter } of this.#meters.values()) meter.giveBack(amounts[kind]);
      throw error;
    } finally {
      this.#waiting.delete(amounts);
    }
  }

  /**
   * Takes over what a response's headers told, unless a later response told more already. Who waits in
   * {@link RatePacer.take} still counts.
   *
   * @param ageMs - How long ago the headers came, in milliseconds; as with a stream, told at its end. @defaultValue 0
   */
  learn(rateLimits: readonly RateLimitFact[], ageMs = 0): void {
    checkOption("ratePacer.learn: ageMs", ageMs, "a number of milliseconds ≥ 0", (it) => it >= 0);
    const toldMs = this.#clock.elapsed() - ageMs;
    for (const fact of rateLimits) {
      const key = `told/${fact.kind}/${fact.window ?? ""}`;
      const meter = meterOf(fact, ageMs, this.#clock);
      if (!meter || toldMs < (this.#meters.get(key)?.toldMs ?? toldMs)) continue;
      for (const amounts of this.#waiting) meter.spend(amounts[fact.kind]);
      this.#meters.set(key, { kind: fact.kind, meter, toldMs });
    }
  }

  #setRate(kind: Kind, option: string, perMinute: number | undefined): void {
    if (perMinute === undefined) return;
    const isRate = (it: number) => it > 0 && it < Number.POSITIVE_INFINITY;
    checkOption(`ratePacer.${option}`, perMinute, "a finite number > 0", isRate);
    const meter = new TokenBucket({
      capacity: perMinute,
      refillPerSecond: perMinute / 60,
      clock: this.#clock,
    });
    this.#meters.set(`set/${kind}`, { kind, meter, toldMs: 0 });
  }

  #waitMs(amounts: Amounts): number {
    let longestMs = 0;
    for (const { kind, meter } of this.#meters.values()) {
      longestMs = Math.max(longestMs, meter.waitMs(amounts[kind]));
    }
    return longestMs;
  }

  #spend(amounts: Amounts): void {
    for (const { kind, meter } of this.#meters.values()) meter.spend(amounts[kind]);
  }

  #tooLong(waitMs: number): SalesAgentError<"call.wait_too_long"> {
    const capMs = this.#maxWaitMs;
    return new SalesAgentError("call.wait_too_long", {
      message: `${this.name} may be called in ${waitMs} ms, and no more than ${capMs} ms are allowed. Try again later, or raise maxWaitMs.`,
      facts: { name: this.name, waitMs, capMs },
      replay: "safe",
    });
  }
}

function toAmounts(cost: RateCost): Amounts {
  const { requests = 1, tokens = 0, outputTokens = 1 } = cost;
  checkAmount("requests", requests);
  checkAmount("tokens", tokens);
  checkAmount("outputTokens", outputTokens);
  return { requests, tokens, "input-tokens": tokens, "output-tokens": outputTokens };
}

function checkAmount(name: keyof RateCost, value: number): void {
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return;
  checkOption(`ratePacer: cost.${name}`, value, "a finite number ≥ 0", () => false);
}
