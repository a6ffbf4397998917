import {
  type CallOptions,
  type LeadDraft,
  SalesAgentError,
  type Storage,
  type StorageSupports,
  type TenantStorage,
  type TenantStores,
} from "@salesagent/ports";
import { untilAborted } from "@salesagent/ports/store-rules";
import { memoryStorage } from "@salesagent/storage-memory";

/** One thing broken in a storage that was sound, and the cases that must notice. */
export interface Sabotage {
  readonly create: () => Storage;
  readonly fails: readonly string[];
}

type StoresChange = (stores: TenantStores, storage: Storage) => Partial<TenantStores>;

/** A memory storage, some stores of which are replaced, in transactions too. */
function withStores(change: StoresChange): () => Storage {
  return () => {
    const storage = memoryStorage();
    const wrap = (stores: TenantStores): TenantStores => ({ ...stores, ...change(stores, storage) });
    return withTenant(storage, (tenant) => ({
      ...tenant,
      ...wrap(tenant),
      transaction: (work, call) => tenant.transaction((stores) => work(wrap(stores)), call),
    }));
  };
}

function withTenant(storage: Storage, change: (tenant: TenantStorage) => TenantStorage): Storage {
  return { ...storage, tenant: (id) => change(storage.tenant(id)) };
}

function withTransaction(
  transaction: (tenant: TenantStorage) => TenantStorage["transaction"],
): () => Storage {
  return () => withTenant(memoryStorage(), (tenant) => ({ ...tenant, transaction: transaction(tenant) }));
}

const withSupports = (supports: StorageSupports) => (): Storage => ({ ...memoryStorage(), supports });

/** A call without its signal. */
const deaf = (_call: CallOptions | undefined): CallOptions => ({});

export const sabotages: Readonly<Record<string, Sabotage>> = {
  "finds leads of other tenants by their key": {
    create: withStores(({ leads, tenant }, storage) => ({
      leads: {
        ...leads,
        findByKey: async (key, call) =>
          (tenant === "acme" ? await storage.tenant("other").leads.findByKey(key, call) : undefined) ??
          leads.findByKey(key, call),
      },
    })),
    fails: ["tenants > keeps leads apart: ids, keys, lists and counts"],
  },
  "shares audit trails between tenants": {
    create: withStores((_, storage) => ({ audit: storage.tenant("all").audit })),
    fails: [
      "tenants > keeps audit trails apart, though their ids are the same",
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
    ],
  },
  "shares imports between tenants": {
    create: withStores(({ tenant, imports }, storage) => ({
      imports: tenant === "other" ? storage.tenant("acme").imports : imports,
    })),
    fails: ["tenants > keeps imports apart, though their ids are the same"],
  },
  "loses the last lead of a large batch": {
    create: withStores(({ leads }) => ({
      leads: {
        ...leads,
        insertMany: async (drafts, call) => {
          if (drafts.length !== 25) return leads.insertMany(drafts, call);
          const outcomes = await leads.insertMany(drafts.slice(0, -1), call);
          return [...outcomes, { status: "inserted", id: "lost" }];
        },
      },
    })),
    fails: ["lead-store/1 > stores every draft of a batch, in order"],
  },
  "reports a lead as stored to each of two callers at once": {
    create: withStores(({ leads }) => {
      let inFlight = 0;
      return {
        leads: {
          ...leads,
          insertMany: async (drafts, call) => {
            inFlight += 1;
            await Promise.resolve();
            const isAlone = inFlight === 1;
            const outcomes = await leads.insertMany(drafts, call);
            inFlight -= 1;
            return isAlone ? outcomes : outcomes.map(({ id }) => ({ status: "inserted", id }) as const);
          },
        },
      };
    }),
    fails: ["lead-store/1 > never stores two leads with one key when batches overlap in time"],
  },
  "lets duplicates claim keys": {
    create: withStores(({ leads }) => ({
      leads: { ...leads, insertMany: (drafts, call) => leads.insertMany(claimForDuplicates(drafts), call) },
    })),
    fails: ["lead-store/1 > claims no key for a duplicate, so that batches of any size come to the same"],
  },
  "ignores ifRevision": {
    create: withStores(({ leads }) => ({
      leads: { ...leads, replace: (id, draft, { signal } = {}) => leads.replace(id, draft, { signal }) },
    })),
    fails: [
      "lead-store/1 > refuses a write made against a stale revision",
      "lead-store/1 > lets one of two writes made against one revision win",
    ],
  },
  "keeps the caller's own object": {
    create: withStores(({ leads }) => {
      let custom: LeadDraft["custom"];
      return {
        leads: {
          ...leads,
          insertMany: (drafts, call) => {
            custom = drafts.at(-1)?.custom;
            return leads.insertMany(drafts, call);
          },
          get: async (id, call) => {
            const lead = await leads.get(id, call);
            return lead === undefined || custom?.["note"] === undefined ? lead : { ...lead, custom };
          },
        },
      };
    }),
    fails: ["lead-store/1 > keeps what it stored apart from the caller's object"],
  },
  "pages by counting rows instead of by the last one read": {
    create: withStores(({ runs }) => ({
      runs: {
        ...runs,
        list: async (filter, page = {}, call) => {
          const [, offset] = /^offset-(\d+)$/.exec(page.after ?? "offset-0") ?? [];
          if (offset === undefined) return runs.list(filter, page, call);
          const all = (await runs.list(filter, {}, call)).items;
          const end = Number(offset) + (page.limit ?? 100);
          const items = all.slice(Number(offset), end);
          return end < all.length ? { items, next: `offset-${end}` } : { items };
        },
      },
    })),
    fails: ["run-store/1 > neither repeats nor skips a run while others begin between pages"],
  },
  "gives back null for what was left out": {
    create: withStores(({ runs }) => ({
      runs: {
        ...runs,
        get: async (id, call) => {
          const run = await runs.get(id, call);
          return run === undefined ? undefined : { output: null, ...run };
        },
      },
    })),
    fails: ["run-store/1 > leaves absent what a run left out"],
  },
  "keeps the first of two steps of one batch": {
    create: withStores(({ steps }) => ({
      steps: { ...steps, putMany: (list, call) => steps.putMany([...list].reverse(), call) },
    })),
    fails: [
      "step-store/1 > replaces a step of the same run and index whole; in one batch, the last one counts",
    ],
  },
  "keeps costs to the millionth only": {
    create: withStores(({ modelCalls }) => ({
      modelCalls: {
        ...modelCalls,
        list: async (filter, page, call) => {
          const read = await modelCalls.list(filter, page, call);
          const items = read.items.map((item) =>
            item.costUsd === undefined ? item : { ...item, costUsd: Number(item.costUsd.toFixed(6)) },
          );
          return { ...read, items };
        },
      },
    })),
    fails: [
      "model-call-store/1 > gives back a call as it was stored, and leaves absent what it left out",
      "model-call-store/1 > keeps costs to the billionth of a USD",
    ],
  },
  "takes any result for the latest": {
    create: withStores(({ results }) => ({
      results: {
        ...results,
        latest: async (leadId, kind, call) => (await results.list({ leadId, kind }, {}, call)).items.at(-1),
      },
    })),
    fails: [
      "result-store/1 > tells the latest result of a lead and kind; of equal times, the one stored last",
    ],
  },
  "gives one index to two messages that come at once": {
    create: withStores(({ messages }) => ({
      messages: {
        ...messages,
        append: async (threadId, list, call) => {
          const first = (await messages.list(threadId, {}, call)).items.length;
          await messages.append(threadId, list, call);
          return first;
        },
      },
    })),
    fails: ["message-store/1 > never gives one index to two messages when calls overlap in time"],
  },
  "refuses an audit record that is stored already": {
    create: withStores(({ audit }) => ({
      audit: {
        ...audit,
        addMany: async (records, call) => {
          const known = new Set((await audit.list({}, {}, call)).items.map((record) => record.id));
          if (records.some((record) => known.has(record.id))) throw invalid("audit", "records");
          await audit.addMany(records, call);
        },
      },
    })),
    fails: ["audit-store/1 > passes over a record whose id is stored already"],
  },
  "counts one of two rows of a batch that belong together": {
    create: withStores(({ usage }) => ({
      usage: {
        ...usage,
        addMany: (rows, call) => {
          const places = rows.map(({ day, agent, modelId }) => `${day} ${agent} ${modelId}`);
          return usage.addMany(
            rows.filter((_, index) => places.lastIndexOf(places[index] ?? "") === index),
            call,
          );
        },
      },
    })),
    fails: ["usage-store/1 > sums rows of one batch that belong together"],
  },
  "counts usage twice": {
    create: withStores(({ usage }) => ({
      usage: { ...usage, addMany: (rows, call) => usage.addMany([...rows, ...rows], call) },
    })),
    fails: [
      "usage-store/1 > sums by day, agent, provider and model",
      "usage-store/1 > sums rows of one batch that belong together",
      "usage-store/1 > counts every addition when calls overlap in time",
      "usage-store/1 > sums costs exactly, however large",
      "transactions > makes all writes stand, and gives back what the callback gave",
    ],
  },
  "sorts usage as a person of some country would": {
    create: withStores(({ usage }) => ({
      usage: {
        ...usage,
        list: async (range, call) => {
          const rows = await usage.list(range, call);
          const place = (row: (typeof rows)[number]) => `${row.day} ${row.agent} ${row.modelId}`;
          return [...rows].sort((left, right) => place(left).localeCompare(place(right), "en"));
        },
      },
    })),
    fails: ["usage-store/1 > lists days of a range, both ends included, in order"],
  },
  "merges an import that is saved again into the one before": {
    create: withStores(({ imports }) => ({
      imports: {
        ...imports,
        save: async (record, call) => {
          const before = await imports.get(record.id, call);
          await imports.save({ ...record, position: { ...before?.position, ...record.position } }, call);
        },
      },
    })),
    fails: ["import-store/1 > replaces an import whole when it is saved again"],
  },
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
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > puts back what it replaced when the callback throws",
      "transactions > shows a transaction its own writes, and nobody else's eyes before it ends",
      "transactions > loses no update when transactions read, then write, the same record",
      "transactions > refuses the stores of a transaction once it is over",
      "transactions > rejects with the caller's reason when aborted inside, and makes no write stand",
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
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > puts back what it replaced when the callback throws",
      "transactions > goes on after a transaction that failed",
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

/** Gives each draft the keys of the drafts before it that it shares a key with. */
function claimForDuplicates(drafts: readonly LeadDraft[]): readonly LeadDraft[] {
  const groups: Set<string>[] = [];
  return drafts.map((draft) => {
    const shared = groups.find((group) => draft.keys.some((key) => group.has(key)));
    if (shared === undefined) {
      groups.push(new Set(draft.keys));
      return draft;
    }
    const isLinkedOnly = !drafts[0]?.keys.some((key) => draft.keys.includes(key));
    for (const key of draft.keys) shared.add(key);
    return isLinkedOnly ? { ...draft, keys: [...draft.keys, ...shared] } : draft;
  });
}

function invalid(store: string, field: string): SalesAgentError<"store.invalid"> {
  return new SalesAgentError("store.invalid", { message: "no", facts: { store, field }, replay: "safe" });
}

function zeroWhereClosed(error: unknown): number {
  if (SalesAgentError.is(error, "store.closed")) return 0;
  throw error;
}
