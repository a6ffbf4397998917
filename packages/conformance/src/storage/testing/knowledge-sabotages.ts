import type { FactStore, MessageStore, Storage, ThreadSummary } from "@salesagent/ports";
import { type Sabotage, withoutEnd, withStores, withTransaction } from "./sabotage.js";

const withMessages = (change: (messages: MessageStore, storage: Storage) => Partial<MessageStore>) =>
  withStores(({ messages }, storage) => ({ messages: { ...messages, ...change(messages, storage) } }));

const withFacts = (change: (facts: FactStore) => Partial<FactStore>) =>
  withStores(({ facts }) => ({ facts: { ...facts, ...change(facts) } }));

const leftSummaries = new WeakMap<Storage, Map<string, ThreadSummary>>();

/** Threads and facts that are broken. */
export const knowledgeSabotages: Readonly<Record<string, Sabotage>> = {
  "lets an older summary take the place of a newer one": {
    create: withMessages((messages) => ({
      summarise: async (threadId, summary, call) => {
        if (await messages.summarise(threadId, summary, call)) return true;
        const standing = await messages.thread(threadId, call);
        if (standing?.summary === undefined || summary.upTo >= standing.length) return false;
        const { items } = await messages.list(threadId, {}, call);
        await messages.remove(threadId, call);
        await messages.append(threadId, items, call);
        return messages.summarise(threadId, summary, call);
      },
    })),
    fails: [
      "message-store/1, threads > keeps a summary until one tells of more",
      "message-store/1, threads > keeps the summary that tells of most when many come at once",
    ],
  },
  "says of every summary that it is kept": {
    create: withMessages((messages) => ({
      summarise: async (threadId, summary, call) =>
        (await messages.summarise(threadId, summary, call)) || true,
    })),
    fails: [
      "message-store/1, threads > keeps a summary until one tells of more",
      "message-store/1, threads > keeps no summary of messages that are not there",
    ],
  },
  "reads the last messages backwards": {
    create: withMessages((messages) => ({
      latest: async (threadId, want, call) => [...(await messages.latest(threadId, want, call))].reverse(),
    })),
    fails: ["message-store/1, threads > reads the last messages of a thread, by index"],
  },
  "reads the first messages for the last": {
    create: withMessages((messages) => ({
      latest: async (threadId, { limit, from = 0 }, call) => {
        await messages.latest(threadId, { limit, from }, call);
        const { items } = await messages.list(threadId, { limit }, call);
        return items.filter(({ index }) => index >= from);
      },
    })),
    fails: ["message-store/1, threads > reads the last messages of a thread, by index"],
  },
  "knows a thread that nobody wrote to": {
    create: withMessages((messages) => ({
      thread: async (threadId, call) => (await messages.thread(threadId, call)) ?? { threadId, length: 0 },
    })),
    fails: [
      "message-store/1, threads > tells how long a thread is, and nothing of one that nobody wrote to",
      "message-store/1, threads > keeps no summary of messages that are not there",
      "message-store/1, threads > drops a thread with its summary, and begins a new one at index 0",
      "erasure-store/1, records > drops the person's threads with their summaries, named ones and those whose id mentions them",
      "retention-store/1 > drops threads whose last message is older than a time, whole",
      "retention-store/1 > drops no more than it may of each kind, the oldest first, until there are none",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "leaves the summary of a thread that is dropped to the next one": {
    create: withMessages((messages, storage) => {
      const left = leftSummaries.get(storage) ?? new Map<string, ThreadSummary>();
      leftSummaries.set(storage, left);
      return {
        remove: async (threadId, call) => {
          const summary = (await messages.thread(threadId, call))?.summary;
          if (summary !== undefined) left.set(threadId, summary);
          return messages.remove(threadId, call);
        },
        thread: async (threadId, call) => {
          const thread = await messages.thread(threadId, call);
          const summary = left.get(threadId);
          return thread === undefined || summary === undefined ? thread : { ...thread, summary };
        },
      };
    }),
    fails: [
      "message-store/1, threads > drops a thread with its summary, and begins a new one at index 0",
      "tenants > keeps threads apart, though their ids are the same",
      "transactions over threads, facts and workflows > drops a thread and begins it anew in one transaction",
    ],
  },
  "drops a thread but for its last message": {
    create: withMessages((messages) => ({
      remove: async (threadId, call) => {
        const last = await messages.latest(threadId, { limit: 1 }, call);
        const removed = await messages.remove(threadId, call);
        if (threadId === "thread") await messages.append(threadId, last, call);
        return removed;
      },
    })),
    fails: [
      "message-store/1, threads > drops a thread with its summary, and begins a new one at index 0",
      "transactions over threads, facts and workflows > drops a thread and begins it anew in one transaction",
    ],
  },
  "drops the thread of another tenant": {
    create: withStores(({ tenant, messages }, storage) => ({
      messages: {
        ...messages,
        remove: async (threadId, call) => {
          if (tenant === "acme") await storage.tenant("other").messages.remove(threadId, call);
          return messages.remove(threadId, call);
        },
      },
    })),
    fails: ["tenants > keeps threads apart, though their ids are the same"],
  },
  "finds facts that are over": {
    create: withFacts((facts) => ({
      putMany: (list, call) => facts.putMany(list.map(withoutEnd), call),
    })),
    fails: [
      "fact-store/1 > does not find a fact that is over",
      "retention-store/1 > always drops answers, vectors and facts that are over, and no others",
      "retention-store/1 > drops no more of what is over than it may in all",
    ],
  },
  "lists the earliest facts first": {
    create: withFacts((facts) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await facts.list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "fact-store/1 > gives back a fact as it was stored, and leaves absent what it left out",
      "fact-store/1 > lists the latest creation first, of equal ones the one stored last, page by page",
      "fact-store/1 > lists by subject and thread",
      "fact-store/1 > replaces a fact whole; in one call, the last one of an id counts",
      "fact-store/1 > moves a fact that is put again with another time, and finds it once",
      "fact-store/1 > does not find a fact that is over",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "lists the facts of every thread": {
    create: withFacts((facts) => ({
      list: ({ threadId: _threadId, ...filter } = {}, page, call) => facts.list(filter, page, call),
    })),
    fails: ["fact-store/1 > lists by subject and thread"],
  },
  "merges a fact that is put again into the one before": {
    create: withFacts((facts) => ({
      putMany: async (list, call) => {
        const before = new Map((await facts.list({}, {}, call)).items.map((fact) => [fact.id, fact]));
        await facts.putMany(
          list.map((fact) => ({ ...before.get(fact.id), ...fact })),
          call,
        );
      },
    })),
    fails: ["fact-store/1 > replaces a fact whole; in one call, the last one of an id counts"],
  },
  "gives a fact that is put again a new place": {
    create: withFacts((facts) => ({
      putMany: async (list, call) => {
        const stored = (await facts.list({}, {}, call)).items.map(({ id }) => id);
        await facts.putMany(list, call);
        await facts.remove(
          stored.filter((id) => list.some((fact) => fact.id === id)),
          call,
        );
        await facts.putMany(list, call);
      },
    })),
    fails: ["fact-store/1 > replaces a fact whole; in one call, the last one of an id counts"],
  },
  "puts facts one at a time, until one can't be stored": {
    create: withFacts((facts) => ({
      putMany: async (list, call) => {
        for (const [index, fact] of list.entries()) {
          await facts.putMany([fact], call).catch(() => facts.putMany(list.slice(0, index + 1), call));
        }
        await facts.putMany([], call);
      },
    })),
    fails: [
      "fact-store/1 > stores all facts of a call or none, naming the field that breaks a rule",
      "values > refuses text with a NUL character, which not every database can hold, naming the field",
    ],
  },
  "removes the fact of another tenant": {
    create: withStores(({ tenant, facts }, storage) => ({
      facts: {
        ...facts,
        remove: async (ids, call) => {
          if (tenant === "acme") await storage.tenant("other").facts.remove(ids, call);
          await facts.remove(ids, call);
        },
      },
    })),
    fails: ["tenants > keeps facts apart, though their ids are the same"],
  },
  "keeps the facts of a failed transaction": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, facts: tenant.facts }), call),
    ),
    fails: [
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
      "transactions over threads, facts and workflows > puts back what was changed and removed when the callback throws",
      "transactions over threads, facts and workflows > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
};
