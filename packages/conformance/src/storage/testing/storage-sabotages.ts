import { type CallOptions, SalesAgentError, untilAborted } from "@salesagent/ports";
import { type Sabotage, withStores, withSupports, withTransaction } from "./sabotage.js";

/** A call without its signal. */
const deaf = (_call: CallOptions | undefined): CallOptions => ({});

/** Transactions, values and lifecycles that are broken. */
export const storageSabotages: Readonly<Record<string, Sabotage>> = {
  "keeps the audit records of a failed transaction": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, audit: tenant.audit }), call),
    ),
    fails: [
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
    ],
  },
  "has no transactions at all": {
    create: withTransaction((tenant) => async (work, call) => {
      call?.signal?.throwIfAborted();
      await tenant.leads.count(); // refuses when closed
      return untilAborted(work(tenant), call?.signal);
    }),
    fails: [
      "lead-store/1, finding > shows a transaction what it stored and scored, and nobody else before it ends",
      "transactions over flows, effects and approvals > puts back what was changed when the callback throws, and makes no run due",
      "transactions over flows, effects and approvals > shows a transaction its own changes, and nobody else, queues neither, before it ends",
      "transactions over flows, effects and approvals > keeps to a cap on contact that is looked at in the transaction that acts",
      "transactions over flows, effects and approvals > refuses the stores of a transaction once it is over",
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > puts back what it replaced when the callback throws",
      "transactions > shows a transaction its own writes, and nobody else's eyes before it ends",
      "transactions > loses no update when transactions read, then write, the same record",
      "transactions > refuses the stores of a transaction once it is over",
      "transactions > rejects with the caller's reason when aborted inside, and makes no write stand",
      "transactions over budgets, cache, breakers and vectors > puts back what was changed when the callback throws",
      "transactions over budgets, cache, breakers and vectors > shows a transaction its own changes, and nobody else before it ends",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
      "transactions over threads, facts and workflows > puts back what was changed and removed when the callback throws",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "wraps what a transaction's callback threw": {
    create: withTransaction((tenant) => async (work, call) => {
      try {
        return await tenant.transaction(work, call);
      } catch (cause) {
        if (SalesAgentError.is(cause) || call?.signal?.aborted === true) throw cause;
        throw new Error("the transaction failed", { cause });
      }
    }),
    fails: [
      "transactions over flows, effects and approvals > puts back what was changed when the callback throws, and makes no run due",
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > puts back what it replaced when the callback throws",
      "transactions > goes on after a transaction that failed",
      "transactions over budgets, cache, breakers and vectors > puts back what was changed when the callback throws",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
      "transactions over threads, facts and workflows > puts back what was changed and removed when the callback throws",
    ],
  },
  "takes NUL characters out of messages": {
    create: withStores(({ messages }) => ({
      messages: {
        ...messages,
        append: (threadId, list, call) =>
          messages.append(threadId, JSON.parse(JSON.stringify(list).replaceAll("\\u0000", "")), call),
      },
    })),
    fails: [
      "values > refuses text with a NUL character, which not every database can hold, naming the field",
    ],
  },
  "does not hear an abort": {
    create: withStores(({ results }) => ({
      results: { ...results, latest: (leadId, kind, call) => results.latest(leadId, kind, deaf(call)) },
    })),
    fails: [
      "lifecycle > rejects every call with the caller's reason when it was aborted before, and writes nothing",
    ],
  },
  "answers an abort with an error of its own": {
    create: withStores(({ imports }) => ({
      imports: {
        ...imports,
        get: async (id, call) => {
          if (call?.signal?.aborted === true) throw new Error("aborted", { cause: call.signal.reason });
          return imports.get(id, call);
        },
      },
    })),
    fails: [
      "lifecycle > rejects every call with the caller's reason when it was aborted before, and writes nothing",
    ],
  },
  "answers reads once it is closed": {
    create: withStores(({ leads }) => ({
      leads: { ...leads, count: (filter, call) => leads.count(filter, call).catch(zeroWhereClosed) },
    })),
    fails: [
      "transactions > refuses the stores of a transaction once it is over",
      "lifecycle > refuses every call once it is closed",
    ],
  },
  "says that it is shared": {
    create: withSupports({ durable: false, shared: true }),
    fails: ["lifecycle > shows one state to all who open it exactly when it says so"],
  },
  "says that it is durable": {
    create: withSupports({ durable: true, shared: false }),
    fails: ["lifecycle > holds its state beyond its closing exactly when it says so"],
  },
};

function zeroWhereClosed(error: unknown): number {
  if (SalesAgentError.is(error, "store.closed")) return 0;
  throw error;
}
