import type { Principal } from "@salesagent/core/access";
import { type Clock, SalesAgentError } from "@salesagent/ports";
import { MinuteCounts } from "./minute-counts.js";

/** How often each principal may ask in a minute, counted in this process. */
export class RateLimit {
  readonly #counts: MinuteCounts;
  readonly #perMinute: number;

  constructor(clock: Clock, perMinute: number) {
    this.#counts = new MinuteCounts(clock);
    this.#perMinute = perMinute;
  }

  /** @returns Nothing where it may ask; else the refusal, and whether it is the first of this minute. */
  take(
    principal: Pick<Principal, "tenant" | "id">,
  ): { readonly error: SalesAgentError<"access.limited">; readonly isFirst: boolean } | undefined {
    const count = this.#counts.open(JSON.stringify([principal.tenant, principal.id]));
    count.used += 1;
    if (count.used <= this.#perMinute) return undefined;
    const isFirst = !count.refused;
    count.refused = true;
    return { error: limited(this.#perMinute, this.#counts.leftMs(count)), isFirst };
  }
}

export function limited(limit: number, retryAfterMs: number): SalesAgentError<"access.limited"> {
  return new SalesAgentError("access.limited", {
    message: `More than ${limit} at a time are too many. Wait ${retryAfterMs} ms.`,
    facts: { limit, retryAfterMs },
    replay: "safe",
  });
}
