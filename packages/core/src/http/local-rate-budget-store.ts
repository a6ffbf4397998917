import { type Clock, type RateBudgetStore, systemClock } from "@salesagent/ports";
import {
  learnRate,
  type RateState,
  takeRate,
  toNormalTake,
  toNormalTold,
} from "@salesagent/ports/store-rules";

/** Rate limits that one process keeps by itself; {@link createRateBudget} uses one where no store is given. */
export function localRateBudgetStore(options: { readonly clock?: Clock | undefined } = {}): RateBudgetStore {
  const { clock = systemClock } = options;
  const states = new Map<string, RateState>();
  return {
    port: "rate-budget-store/1",
    async take(want, call) {
      call?.signal?.throwIfAborted();
      const normal = toNormalTake(want);
      const { grant, state } = takeRate(states.get(normal.key) ?? {}, normal, clock.now());
      states.set(normal.key, state);
      return grant;
    },
    async learn(told, call) {
      call?.signal?.throwIfAborted();
      const normal = toNormalTold(told);
      states.set(normal.key, learnRate(states.get(normal.key) ?? {}, normal, clock.now()));
    },
  };
}
