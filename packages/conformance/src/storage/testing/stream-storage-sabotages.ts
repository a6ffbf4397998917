import type { CallOptions, StreamRecord, StreamStore } from "@salesagent/ports";
import { afterErase } from "./erasure-sabotage.js";
import { type Sabotage, withStores, withTenants, withTransaction } from "./sabotage.js";

const erasure = (name: string) => `erasure-store/1, streams > ${name}`;
const lifecycle = (name: string) => `stores of streams and keys, lifecycle > ${name}`;
const EMPTIES = erasure("empties a stream that mentions the person in one event, and no other");
const GOES_ON = erasure("goes on with a stream that was emptied after the number of its last event");
const THEIRS = erasure("empties streams of the person's threads and leads, whatever they say");
const RUNS = erasure(
  "empties streams of runs that are the person's, or mention them in themselves or their steps",
);
const STAYS = erasure("erases mentions in what stays of a stream");
const TENANTS = lifecycle("keep to their tenant, though ids are the same");
const TEXTS = lifecycle("refuse texts that not every database can hold, naming the field, and write nothing");
const CLOSED = lifecycle("refuse every call once the storage is closed, and once the transaction is over");

/** What a store of streams says without its caller's signal. */
const deaf = (streams: StreamStore): StreamStore => ({
  ...streams,
  get: (id) => streams.get(id),
});

/** Erasure, tenants, aborts and closing, broken. */
export const streamStorageSabotages: Readonly<Record<string, Sabotage>> = {
  "looks for a person in nothing but texts": {
    create: withTenants(() => ({ erasure: sound }) => ({
      erasure: {
        ...sound,
        find: ({ mentions }, call) => sound.find({ mentions }, call),
        erase: ({ mentions }, call) => sound.erase({ mentions }, call),
      },
    })),
    fails: [THEIRS, RUNS],
  },
  "does not look for a person in steps of runs": {
    create: withStores(({ steps }) => ({
      steps: {
        ...steps,
        putMany: (list, call) =>
          steps.putMany(
            list.map(({ output: _said, ...step }) => step),
            call,
          ),
      },
    })),
    fails: [RUNS],
  },
  "finds nobody in streams": {
    create: withTenants(() => ({ erasure: sound }) => ({
      erasure: {
        ...sound,
        find: async (person, call) =>
          (await sound.find(person, call)).filter(({ store }) => store !== "streams"),
      },
    })),
    fails: [EMPTIES, THEIRS, RUNS],
  },
  "keeps who began a stream": {
    create: withTenants(() => {
      const records = new Map<string, StreamRecord>();
      return ({ streams }) => ({
        streams: {
          ...streams,
          get: async (id, call) => {
            const record = await streams.get(id, call);
            const { startedBy } = records.get(id) ?? {};
            if (record !== undefined && !records.has(id)) records.set(id, record);
            return record && startedBy !== undefined ? { ...record, startedBy } : record;
          },
        },
      });
    }),
    fails: [STAYS],
  },
  "numbers events anew after an erasure": {
    create: afterErase(({ streams }, isErased) => ({
      streams: {
        ...streams,
        read: async (id, from, call) => {
          const part = await streams.read(id, from, call);
          if (part === undefined || !isErased()) return part;
          return { ...part, events: part.events.map((event, index) => ({ ...event, seq: index + 1 })) };
        },
      },
    })),
    fails: [GOES_ON],
  },
  "forgets how far a stream came that was emptied": {
    create: afterErase(({ streams }, isErased) => ({
      streams: {
        ...streams,
        get: async (id, call) => {
          const record = await streams.get(id, call);
          return record && isErased() ? { ...record, last: 0 } : record;
        },
      },
    })),
    fails: [EMPTIES, STAYS],
  },
  "shares streams between tenants": {
    create: withStores(({ tenant, streams }, storage) => ({
      streams: tenant === "other" ? storage.tenant("acme").streams : streams,
    })),
    fails: [
      EMPTIES,
      "retention-store/1, streams > drops streams that were last appended to before a time, the first opened first, with their events",
      TENANTS,
    ],
  },
  "shares keys between tenants": {
    create: withStores(({ tenant, apiKeys }, storage) => ({
      apiKeys: tenant === "other" ? storage.tenant("acme").apiKeys : apiKeys,
    })),
    fails: [TENANTS],
  },
  "gives figures of every tenant": {
    create: withStores(({ tenant, runs }, storage) => ({
      runs: {
        ...runs,
        stats: async (range, call?: CallOptions) => [
          ...(await runs.stats(range, call)),
          ...(tenant === "acme" ? await storage.tenant("other").runs.stats(range, call) : []),
        ],
      },
    })),
    fails: [
      "run-store/1, figures > count runs of every status, by day and agent, in their order",
      "run-store/1, figures > take the days from the first to the last, both whole, of UTC",
    ],
  },
  "does not hear its caller": {
    create: withStores(({ streams }) => ({ streams: deaf(streams) })),
    fails: [
      lifecycle("reject every call with the caller's reason when it was aborted before, and write nothing"),
    ],
  },
  "asks for the end in any words": {
    create: withStores(({ streams }) => ({
      streams: {
        ...streams,
        requestStop: (id, stop, call) =>
          streams.requestStop(id, { ...stop, reason: stop.reason.replaceAll("\0", "") }, call),
      },
    })),
    fails: [TEXTS],
  },
  "lends keys for longer than the transaction": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, apiKeys: tenant.apiKeys }), call),
    ),
    fails: [CLOSED],
  },
  "keeps streams that a transaction put back": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, streams: tenant.streams }), call),
    ),
    fails: [
      "stream-store/1, appends > keeps what a transaction appended, or nothing of it",
      "stream-notices/1 > tells of what stands, and not of what was rolled back",
      CLOSED,
    ],
  },
};
