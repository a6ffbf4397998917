import {
  type ErasureStore,
  type FlowCheckpoint,
  type PersonQuery,
  SalesAgentError,
  type Storage,
  type TenantStorage,
  type ThreadSummary,
} from "@salesagent/ports";
import { ADA } from "../sample-person.js";
import { FAR_AHEAD } from "../sample-shared-state.js";
import { type Sabotage, withTenants } from "./sabotage.js";

type Erase = ErasureStore["erase"];

/** A storage whose `erase` is another. */
const withErase = (change: (tenant: TenantStorage, storage: Storage) => Erase) =>
  withTenants(() => (tenant, storage) => ({
    erasure: { ...tenant.erasure, erase: change(tenant, storage) },
  }));

/** A storage that remembers for each tenant whether somebody was erased. */
const afterErase = (change: (tenant: TenantStorage, isErased: () => boolean) => Partial<TenantStorage>) =>
  withTenants(() => {
    const erased = new Set<string>();
    return (tenant) => ({
      ...change(tenant, () => erased.has(tenant.tenant)),
      erasure: {
        ...tenant.erasure,
        erase: async (person, call) => {
          erased.add(tenant.tenant);
          return tenant.erasure.erase(person, call);
        },
      },
    });
  });

/** Stores that erase a person the wrong way. */
export const erasureSabotages: Readonly<Record<string, Sabotage>> = {
  "erases the person at another tenant": {
    create: withErase(({ tenant, erasure }, storage) => async (person, call) => {
      const records = await erasure.erase(person, call);
      if (tenant === "acme") await storage.tenant("other").erasure.erase(person, call);
      return records;
    }),
    fails: ["erasure-store/1 > leaves the stores of other tenants as they are"],
  },
  "erases when it is asked to find": {
    create: withTenants(() => ({ erasure }) => ({ erasure: { ...erasure, find: erasure.erase } })),
    fails: [
      "erasure-store/1 > finds what each store holds of a person, and changes nothing",
      "erasure-store/1, records > drops the person's threads with their summaries, named ones and those whose id mentions them",
      "erasure-store/1, durable work > empties the runs of the person's threads, and no others",
    ],
  },
  "does not look into vectors": {
    create: withTenants(() => ({ erasure }) => ({
      erasure: {
        ...erasure,
        find: async (person, call) =>
          (await erasure.find(person, call)).filter(({ store }) => store !== "vectors"),
      },
    })),
    fails: [
      "erasure-store/1 > finds what each store holds of a person, and changes nothing",
      "erasure-store/1 > leaves the stores of other tenants as they are",
    ],
  },
  "names stores in an order of its own": {
    create: withTenants(() => ({ erasure }) => ({
      erasure: {
        ...erasure,
        find: async (person, call) => [...(await erasure.find(person, call))].reverse(),
      },
    })),
    fails: [
      "erasure-store/1 > finds what each store holds of a person, and changes nothing",
      "erasure-store/1 > leaves the stores of other tenants as they are",
    ],
  },
  "leaves a store out of what it tells": {
    create: withErase(({ erasure }) => async (person, call) => {
      const records = await erasure.erase(person, call);
      return records.length > 3 ? records.slice(1) : records;
    }),
    fails: [
      "erasure-store/1 > erases what it found, tells it as it was found, and leaves no mention",
      "erasure-store/1 > leaves the stores of other tenants as they are",
    ],
  },
  "finds what it has erased again": {
    create: withTenants(() => {
      const found = new Map<string, Awaited<ReturnType<Erase>>>();
      return ({ tenant, erasure }) => ({
        erasure: {
          ...erasure,
          find: async (person, call) => {
            const records = await erasure.find(person, call);
            return person.threadIds?.[0] === "thread" && records.length === 0
              ? (found.get(tenant) ?? records)
              : records;
          },
          erase: async (person, call) => {
            const records = await erasure.erase(person, call);
            found.set(tenant, records);
            return records;
          },
        },
      });
    }),
    fails: ["erasure-store/1, durable work > empties the runs of the person's threads, and no others"],
  },
  "leaves the checkpoints of runs": {
    create: withTenants(() => {
      const kept = new Map<string, readonly FlowCheckpoint[]>();
      return ({ erasure, flows }) => ({
        erasure: {
          ...erasure,
          erase: async (person, call) => {
            for (const { id } of (await flows.list()).items) kept.set(id, (await flows.history(id)).items);
            return erasure.erase(person, call);
          },
        },
        flows: {
          ...flows,
          history: async (id, page, call) => {
            const found = await flows.history(id, page, call);
            return found.items.length > 0 ? found : { items: kept.get(id) ?? [] };
          },
        },
      });
    }),
    fails: [
      "erasure-store/1 > erases what it found, tells it as it was found, and leaves no mention",
      "erasure-store/1 > finds nothing once it erased, and erases nothing more",
      "erasure-store/1, durable work > empties runs that have ended, and keeps their records",
      "erasure-store/1, durable work > cancels runs that have not ended, wherever they rest, and says by whom",
    ],
  },
  "leaves what is named for the person": {
    create: withErase(({ erasure, runs }) => async (person, call) => {
      const before = await runs.list();
      const records = await erasure.erase(person, call);
      await runs.putMany(before.items.filter(({ input }) => hasFieldOf(input, ADA)));
      return records;
    }),
    fails: [
      "erasure-store/1, records > erases mentions in runs and steps of agents, in names of fields as well, and keeps the records",
    ],
  },
  "knows a person in lower case only": {
    create: withErase(({ erasure, runs }) => async (person, call) => {
      const before = await runs.list();
      const records = await erasure.erase(person, call);
      await runs.putMany(before.items.filter(({ input }) => input === "ADA@Fjord.Example"));
      return records;
    }),
    fails: ["erasure-store/1 > knows a person by whole words, in whatever case and form"],
  },
  "takes parts of words for the person": {
    create: withErase(({ erasure }) => (person, call) => {
      const mentions = person.mentions.flatMap((text) => (text === ADA ? [text, `can${text}`] : [text]));
      return erasure.erase({ ...person, mentions }, call);
    }),
    fails: [
      "erasure-store/1 > knows a person by whole words, in whatever case and form",
      "erasure-store/1 > refuses a person who can't be looked for, naming the field, and changes nothing",
    ],
  },
  "erases a page of records": {
    create: withErase(({ erasure, runs }) => async (person, call) => {
      const { items, next } = await runs.list({}, { limit: 1000 });
      const records = await erasure.erase(person, call);
      if (next !== undefined) await runs.putMany(items.slice(0, 1));
      return records;
    }),
    fails: ["erasure-store/1 > erases a person out of more records than a page holds"],
  },
  "erases what it can before it refuses": {
    create: withErase(({ erasure }) => async (person, call) => {
      try {
        return await erasure.erase(person, call);
      } catch (error) {
        if (SalesAgentError.is(error, "store.invalid")) await eraseMentions(erasure, person);
        throw error;
      }
    }),
    fails: [
      "erasure-store/1 > refuses a person who can't be looked for, naming the field, and changes nothing",
    ],
  },
  "keeps a copy of the leads that it drops": {
    create: withErase(({ erasure, leads }) => async (person, call) => {
      const gone = await leads.getMany(
        (person.leadIds ?? []).filter((id) => id.length < 400),
        call,
      );
      const records = await erasure.erase(person, call);
      await leads.insertMany(gone.map(({ company, source, keys }) => ({ company, source, keys })));
      return records;
    }),
    fails: [
      "erasure-store/1, records > drops the leads that are the person, with their results, and frees their keys",
      "values > refuses text with a NUL character, which not every database can hold, naming the field",
    ],
  },
  "leaves the results of leads that it drops": {
    create: withErase(({ erasure, results }) => async (person, call) => {
      const { items } = await results.list();
      const records = await erasure.erase(person, call);
      await results.addMany(items.filter(({ leadId }) => person.leadIds?.includes(leadId) === true));
      return records;
    }),
    fails: [
      "erasure-store/1, records > drops the leads that are the person, with their results, and frees their keys",
    ],
  },
  "drops every thread that mentions the person": {
    create: withErase(({ erasure, messages }) => async (person, call) => {
      const { items } = await messages.list("other", {}, call);
      const records = await erasure.erase(person, call);
      if (JSON.stringify(items).includes(ADA)) await messages.remove("other", call);
      return records;
    }),
    fails: [
      "erasure-store/1, records > erases mentions in messages and summaries of other threads, each in its place",
    ],
  },
  "leaves summaries": {
    create: withTenants(() => {
      const kept = new Map<string, ThreadSummary>();
      return ({ erasure, messages }) => ({
        erasure: {
          ...erasure,
          erase: async (person, call) => {
            const summary = (await messages.thread("other", call).catch(() => undefined))?.summary;
            if (summary !== undefined) kept.set("other", summary);
            return erasure.erase(person, call);
          },
        },
        messages: {
          ...messages,
          thread: async (threadId, call) => {
            const thread = await messages.thread(threadId, call);
            const summary = kept.get(threadId);
            return thread === undefined || summary === undefined ? thread : { ...thread, summary };
          },
        },
      });
    }),
    fails: [
      "erasure-store/1, records > erases mentions in messages and summaries of other threads, each in its place",
    ],
  },
  "leaves signatures with texts that they do not fit": {
    create: afterErase(({ messages }, isErased) => ({
      messages: {
        ...messages,
        list: async (threadId, page, call) => {
          const found = await messages.list(threadId, page, call);
          if (!isErased()) return found;
          const items = found.items.map((item) =>
            item.message.role === "assistant"
              ? {
                  ...item,
                  message: {
                    ...item.message,
                    parts: item.message.parts.map((part) => ({ ...part, providerData: {} })),
                  },
                }
              : item,
          );
          return { ...found, items };
        },
      },
    })),
    fails: [
      "erasure-store/1, records > erases mentions in messages and summaries of other threads, each in its place",
    ],
  },
  "lets the worker of a run that it cancelled write": {
    create: afterErase(({ flows }, isErased) => ({
      flows: {
        ...flows,
        commit: async (write, call) => {
          try {
            await flows.commit(write, call);
          } catch (error) {
            if (!isErased() || !SalesAgentError.is(error, "flow.fenced")) throw error;
          }
        },
      },
    })),
    fails: [
      "erasure-store/1, durable work > fences the worker of a run that goes on, so that nothing of it comes back",
    ],
  },
  "lets a run be reopened that it emptied": {
    create: afterErase(({ flows }, isErased) => ({
      flows: {
        ...flows,
        reopen: async (id, call) => (await flows.reopen(id, call)) || (isErased() && id === "failed"),
      },
    })),
    fails: ["erasure-store/1, durable work > empties runs that have ended, and keeps their records"],
  },
  "does not look at the threads that are named": {
    create: withErase(
      ({ erasure }) =>
        ({ threadIds: _threadIds, ...person }, call) =>
          erasure.erase(person, call),
    ),
    fails: [
      "erasure-store/1 > refuses a person who can't be looked for, naming the field, and changes nothing",
      "erasure-store/1, records > drops the person's threads with their summaries, named ones and those whose id mentions them",
      "erasure-store/1, durable work > empties the runs of the person's threads, and no others",
    ],
  },
  "forgets effects that it erased": {
    create: withErase(({ erasure, retention }) => async (person, call) => {
      const records = await erasure.erase(person, call);
      await retention.prune({ effects: FAR_AHEAD }, call);
      return records;
    }),
    fails: [
      "erasure-store/1, durable work > leaves effects settled under their keys, so that none is done again",
    ],
  },
  "lets an approval be used whose arguments it erased": {
    create: afterErase(({ approvals }, isErased) => ({
      approvals: {
        ...approvals,
        use: async (id, hash, call) => {
          const record = await approvals.get(id, call);
          const stands = isErased() && id === "approved" && record?.argumentsHash === hash;
          return stands ? record : approvals.use(id, hash, call);
        },
      },
    })),
    fails: [
      "erasure-store/1, durable work > refuses approvals that wait, for a decision or for their use, and leaves those that are over",
    ],
  },
  "refuses approvals for the name of who decided": {
    create: withErase(({ erasure, approvals }) => async (person, call) => {
      const { items } = await approvals.list({ status: "approved" }, {}, call);
      const records = await erasure.erase(person, call);
      for (const { id, decidedBy, argumentsHash } of items) {
        if (decidedBy?.includes(ADA) === true) await approvals.use(id, argumentsHash, call);
      }
      return records;
    }),
    fails: [
      "erasure-store/1, durable work > takes the name of a person who decided from an approval, which stays good",
    ],
  },
};

/** Whether a field of a value is called like this. */
function hasFieldOf(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

async function eraseMentions(erasure: ErasureStore, { mentions }: PersonQuery): Promise<void> {
  if (mentions.length === 2 && mentions[0] === ADA) await erasure.erase({ mentions: [ADA] });
}
