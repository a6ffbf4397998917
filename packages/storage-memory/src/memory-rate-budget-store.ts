import type { RateBudgetStore } from "@salesagent/ports";
import { learnRate, takeRate, toNormalTake, toNormalTold } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryRateBudgetStore({ rows, clock, admit }: StoreContext): RateBudgetStore {
  const { rates } = rows;
  return {
    port: "rate-budget-store/1",
    async take(want, call) {
      admit("rateBudgets", call);
      const normal = toNormalTake(want);
      const { grant, state } = takeRate(rates.get(normal.key) ?? {}, normal, clock.now());
      if (grant.granted) rates.set(normal.key, state);
      return grant;
    },
    async learn(told, call) {
      admit("rateBudgets", call);
      const normal = toNormalTold(told);
      rates.set(normal.key, learnRate(rates.get(normal.key) ?? {}, normal, clock.now()));
    },
  };
}
