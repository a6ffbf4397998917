import { type ErasureStore, type PersonQuery, SalesAgentError, type ThreadSummary } from "@salesagent/ports";
import { ADA } from "../sample-person.js";
import { afterErase, type Erase, withErase } from "./erasure-sabotage.js";
import { type Sabotage, withTenants } from "./sabotage.js";

/** Stores that find or erase a person in records the wrong way. */
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
      "erasure-store/1, records > drops facts of the person's subjects and threads, and the vectors that name these, whatever they say",
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
      "erasure-store/1, records > drops facts of the person's subjects and threads, and the vectors that name these, whatever they say",
    ],
  },
  "keeps what is filed under the person but does not mention them": {
    create: withErase(
      ({ erasure }) =>
        (person, call) =>
          erasure.erase({ ...person, subjects: [] }, call),
    ),
    fails: [
      "erasure-store/1 > refuses a person who can't be looked for, naming the field, and changes nothing",
      "erasure-store/1, records > drops facts of the person's subjects and threads, and the vectors that name these, whatever they say",
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
      "erasure-store/1, records > drops facts of the person's subjects and threads, and the vectors that name these, whatever they say",
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
      "lead-store/1, finding > finds a lead by what it says now, and no more once it is gone",
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
};

/** Whether a field of a value is called like this. */
function hasFieldOf(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

async function eraseMentions(erasure: ErasureStore, { mentions }: PersonQuery): Promise<void> {
  if (mentions.length === 2 && mentions[0] === ADA) await erasure.erase({ mentions: [ADA] });
}
