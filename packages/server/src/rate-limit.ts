import type { Principal } from "@salesagent/core/access";
import { type Clock, SalesAgentError } from "@salesagent/ports";

interface Window {
  readonly endsAt: number;
  used: number;
  refused: boolean;
}

const WINDOW_MS = 60_000;
const MOST_PRINCIPALS = 10_000;

/** How often each principal may ask in a minute, counted in this process. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** @returns Nothing where it may ask; else the refusal, and whether it is the first of this window. */
  take(
    principal: Pick<Principal, "tenant" | "id">,
  ): { readonly error: SalesAgentError<"access.limited">; readonly isFirst: boolean } | undefined {
    const now = this.#clock.elapsed();
    const window = this.#window(JSON.stringify([principal.tenant, principal.id]), now);
    window.used += 1;
    if (window.used <= this.#perMinute) return undefined;
    const isFirst = !window.refused;
    window.refused = true;
    return { error: limited(this.#perMinute, Math.ceil(window.endsAt - now)), isFirst };
  }

  #window(name: string, now: number): Window {
    const known = this.#windows.get(name);
    if (known && now < known.endsAt) return known;
    const fresh = { endsAt: now + WINDOW_MS, used: 0, refused: false };
    this.#windows.delete(name);
    this.#windows.set(name, fresh);
    this.#drop(now);
    return fresh;
  }

  /** Windows stand in the order of their end: those that are over go, and beyond the bound the oldest. */
  #drop(now: number): void {
    for (const [name, { endsAt }] of this.#windows) {
      if (now < endsAt && this.#windows.size <= MOST_PRINCIPALS) return;
      this.#windows.delete(name);
    }
  }
}

export function limited(limit: number, retryAfterMs: number): SalesAgentError<"access.limited"> {
  return new SalesAgentError("access.limited", {
    message: `More than ${limit} at a time are too many. Wait ${retryAfterMs} ms.`,
    facts: { limit, retryAfterMs },
    replay: "safe",
  });
}
