import type { FactRecord, FactStore } from "@salesagent/ports";
import { toNormalFacts, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

/** Whether a record is over at an instant. */
export function isOver({ expiresAt }: { readonly expiresAt?: string }, instant: string): boolean {
  return expiresAt !== undefined && expiresAt <= instant;
}

export function createMemoryFactStore({ rows, clock, admit }: StoreContext): FactStore {
  const { facts } = rows;
  return {
    port: "fact-store/1",
    async putMany(list, call) {
      admit("facts", call);
      for (const fact of toNormalFacts(list)) facts.put(fact.id, Date.parse(fact.createdAt), fact);
    },
    async list(filter = {}, page, call) {
      admit("facts", call);
      const { subject, threadId } = toStorable("facts", "filter", filter);
      const instant = now(clock);
      const where = (fact: FactRecord) =>
        (threadId === undefined || fact.threadId === threadId) && !isOver(fact, instant);
      return facts.page({ page: toNormalPage("facts", page), descending: true, where }, subject);
    },
    async remove(ids, call) {
      admit("facts", call);
      facts.remove(toStorable("facts", "ids", ids));
    },
  };
}
