import { SalesAgentError } from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

/** Stores of all other records that are broken. */
export const recordSabotages: Readonly<Record<string, Sabotage>> = {
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
  "merges a run that is put again into the one before": {
    create: withStores(({ runs }) => ({
      runs: {
        ...runs,
        putMany: async (list, call) => {
          const stored = await Promise.all(list.map(({ id }) => runs.get(id, call).catch(() => undefined)));
          await runs.putMany(
            list.map((run, index) => ({ ...stored[index], ...run })),
            call,
          );
        },
      },
    })),
    fails: ["run-store/1, putting many > replaces a stored run whole: what the new one leaves out is gone"],
  },
  "puts runs one at a time, until one can't be stored": {
    create: withStores(({ runs }) => ({
      runs: {
        ...runs,
        putMany: async (list, call) => {
          for (const run of list) await runs.putMany([run], call);
        },
      },
    })),
    fails: [
      "values > refuses text with a NUL character, which not every database can hold, naming the field",
    ],
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
    fails: [
      "run-store/1 > leaves absent what a run left out",
      "run-store/1, putting many > creates runs that are new, every field of them, and leaves absent what they left out",
      "run-store/1, putting many > replaces a stored run whole: what the new one leaves out is gone",
    ],
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
  "forgets whose call at a model it was": {
    create: withStores(({ modelCalls }) => ({
      modelCalls: {
        ...modelCalls,
        addMany: (calls, call) =>
          modelCalls.addMany(
            calls.map(({ campaignId: _, ...kept }) => kept),
            call,
          ),
      },
    })),
    fails: ["model-call-store/1 > gives back a call as it was stored, and leaves absent what it left out"],
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
      "transactions > waits for others, and loses no addition, where it may read what was committed meanwhile",
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
};

function invalid(store: string, field: string): SalesAgentError<"store.invalid"> {
  return new SalesAgentError("store.invalid", { message: "no", facts: { store, field }, replay: "safe" });
}
