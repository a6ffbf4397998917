import type { ApiKeyStore, RunStats, RunStore, Storage, StreamNotices } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { type Sabotage, withStores, withTenants } from "./sabotage.js";

function withNotices(change: (notices: StreamNotices) => StreamNotices["watch"]): Sabotage["create"] {
  return (): Storage => {
    const storage = memoryStorage();
    return { ...storage, notices: { port: "stream-notices/1", watch: change(storage.notices) } };
  };
}

function withKeys(change: (apiKeys: ApiKeyStore) => Partial<ApiKeyStore>): Sabotage["create"] {
  return withStores(({ apiKeys }) => ({ apiKeys: { ...apiKeys, ...change(apiKeys) } }));
}

function withStats(change: (stats: RunStats) => RunStats): Sabotage["create"] {
  return withStores(({ runs }) => ({
    runs: { ...runs, stats: async (range, call) => (await runs.stats(range, call)).map(change) },
  }));
}

const withRange = (change: (range: Parameters<RunStore["stats"]>[0]) => Parameters<RunStore["stats"]>[0]) =>
  withStores(({ runs }) => ({ runs: { ...runs, stats: (range, call) => runs.stats(change(range), call) } }));

const notices = (name: string) => `stream-notices/1 > ${name}`;
const TELLS = notices("tells of appends, ends and requests to stop, of every tenant, and of nothing else");
const STANDS = notices("tells of what stands, and not of what was rolled back");
const EACH = notices("tells each of those who watch, until they are through");
const MANY = notices(
  "tells of every one of many streams, or that some may be missed, however long their ids are",
);
const keys = (name: string) => `api-key-store/1 > ${name}`;
const figures = (name: string) => `run-store/1, figures > ${name}`;
const LATENCIES = figures("interpolate latencies of completed runs, and have none where none is known");
const DAYS = figures("take the days from the first to the last, both whole, of UTC");
const BROKEN_DAYS = figures("refuse days that are none, and more than 400 of them");
const retention = (name: string) => `retention-store/1, streams > ${name}`;

/** Notices, keys, figures and retention that are broken. */
export const streamUseSabotages: Readonly<Record<string, Sabotage>> = {
  "tells of nothing": {
    create: withNotices(
      (sound) =>
        ({ missed }) =>
          sound.watch({ told: () => {}, missed }),
    ),
    fails: [TELLS, STANDS, EACH, MANY],
  },
  "tells of one tenant's streams alone": {
    create: withNotices(
      (sound) =>
        ({ told, missed }) =>
          sound.watch({ told: (stream) => stream.tenant === "acme" && told(stream), missed }),
    ),
    fails: [TELLS],
  },
  "tells of a stream before a transaction stands": {
    create: () => {
      const storage = memoryStorage();
      const listeners = new Set<(id: string) => void>();
      return {
        ...storage,
        notices: {
          port: "stream-notices/1",
          watch(on) {
            const listener = (id: string) => on.told({ tenant: "acme", id });
            listeners.add(listener);
            const watch = storage.notices.watch(on);
            return {
              get isLive() {
                return watch.isLive;
              },
              close: () => {
                listeners.delete(listener);
                watch.close();
              },
            };
          },
        },
        tenant(name) {
          const tenant = storage.tenant(name);
          return {
            ...tenant,
            transaction: (work, call) =>
              tenant.transaction(async (stores) => {
                const append: typeof stores.streams.append = async (writes, appendCall) => {
                  for (const { id } of writes) for (const listener of listeners) listener(id);
                  return stores.streams.append(writes, appendCall);
                };
                return work({ ...stores, streams: { ...stores.streams, append } });
              }, call),
          };
        },
      };
    },
    fails: [STANDS],
  },
  "tells who watches no more": {
    create: withNotices((sound) => (on) => {
      const watch = sound.watch(on);
      let isLive = watch.isLive;
      return {
        get isLive() {
          return isLive && watch.isLive;
        },
        close: () => {
          isLive = false;
        },
      };
    }),
    fails: [EACH],
  },
  "is never live": {
    create: withNotices((sound) => (on) => {
      const watch = sound.watch(on);
      return { isLive: false, close: () => watch.close() };
    }),
    fails: [notices("names its port, and is live where it can tell"), EACH],
  },
  "watches after its end": {
    create: withNotices((sound) => (on) => {
      try {
        return sound.watch(on);
      } catch {
        return { isLive: false, close: () => {} };
      }
    }),
    fails: [notices("ends with the storage")],
  },
  "adds a key over one that is there": {
    create: withKeys((apiKeys) => ({ add: async (key, call) => (await apiKeys.add(key, call)) || true })),
    fails: [
      keys("gives back a key as it was added, and adds none of an id that is there"),
      keys("revokes a key once, and keeps it"),
    ],
  },
  "takes no scopes for all of them": {
    create: withKeys((apiKeys) => ({
      get: async (id, call) => {
        const key = await apiKeys.get(id, call);
        if (key?.scopes?.length !== 0) return key;
        const { scopes: _none, ...rest } = key;
        return rest;
      },
    })),
    fails: [keys("gives back a key as it was added, and adds none of an id that is there")],
  },
  "revokes a key again": {
    create: withKeys((apiKeys) => ({
      revoke: async (id, at, call) =>
        (await apiKeys.revoke(id, at, call)) || (await apiKeys.get(id, call)) !== undefined,
    })),
    fails: [keys("revokes a key once, and keeps it")],
  },
  "notes a use before the last one": {
    create: withStores(({ apiKeys }) => {
      const used = new Map<string, string>();
      return {
        apiKeys: {
          ...apiKeys,
          touch: async (id, at, call) => {
            await apiKeys.touch(id, at, call);
            used.set(id, at);
          },
          get: async (id, call) => {
            const [key, lastUsedAt] = [await apiKeys.get(id, call), used.get(id)];
            return key && lastUsedAt !== undefined ? { ...key, lastUsedAt } : key;
          },
        },
      };
    }),
    fails: [keys("notes when a key was used last")],
  },
  "lists no keys that were revoked": {
    create: withKeys((apiKeys) => ({
      list: async (page, call) => {
        const { items, ...next } = await apiKeys.list(page, call);
        return { items: items.filter(({ revokedAt }) => revokedAt === undefined), ...next };
      },
    })),
    fails: [keys("lists keys, the one made last first, revoked and expired ones too")],
  },
  "takes the nearest latency": {
    create: withStats(({ latencyMs, ...stats }) => ({
      ...stats,
      ...(latencyMs && { latencyMs: { ...latencyMs, p50: Math.ceil(latencyMs.p50 / 10) * 10 } }),
    })),
    fails: [LATENCIES],
  },
  "has a latency of 0 where none is known": {
    create: withStats((stats) => ({ latencyMs: { p50: 0, p95: 0, p99: 0 }, ...stats })),
    fails: [figures("count runs of every status, by day and agent, in their order"), LATENCIES],
  },
  "leaves the last day out": {
    create: withRange(({ until, ...range }) => ({
      ...range,
      until: until === "2026-05-02" && range.from < until ? "2026-05-01" : until,
    })),
    fails: [DAYS],
  },
  "gives figures of every agent": {
    create: withRange(({ agent = "", ...range }) => (/^\w*$/.test(agent) ? range : { agent, ...range })),
    fails: [figures("are of one agent where that is asked for")],
  },
  "takes costs that are unknown for none": {
    create: withStats((stats) => ({ ...stats, unpricedRuns: 0 })),
    fails: [figures("sum what is known of costs to the billionth, and count ended runs of which it is not")],
  },
  "gives figures of any span": {
    create: withRange(({ from, until, ...range }) =>
      until === "2026-06-05" ? { from: until, until, ...range } : { from, until, ...range },
    ),
    fails: [BROKEN_DAYS],
  },
  "drops no streams": {
    create: withTenants(() => ({ retention }) => ({
      retention: {
        ...retention,
        prune: ({ streams: _kept, ...want }, call) => retention.prune(want, call),
      },
    })),
    fails: [
      retention(
        "drops streams that were last appended to before a time, the first opened first, with their events",
      ),
      retention("keeps a stream that was appended to since, however long ago it was opened"),
    ],
  },
  "drops streams that were opened before a time": {
    create: withTenants(() => ({ retention, streams }) => ({
      retention: {
        ...retention,
        prune: async (want, call) => {
          const opened = (await streams.list()).items.filter(
            ({ createdAt }) => createdAt < (want.streams ?? ""),
          );
          const latest = opened
            .map(({ updatedAt }) => updatedAt)
            .sort()
            .at(-1);
          if (latest === undefined || want.limit !== undefined) return retention.prune(want, call);
          const after = new Date(Date.parse(latest) + 1).toISOString();
          return retention.prune({ ...want, streams: after }, call);
        },
      },
    })),
    fails: [retention("keeps a stream that was appended to since, however long ago it was opened")],
  },
};
