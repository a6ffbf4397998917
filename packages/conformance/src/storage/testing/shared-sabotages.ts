import { memoryStorage } from "@salesagent/storage-memory";
import { FAR_AHEAD, LONG_AGO } from "../sample-shared-state.js";
import { type Sabotage, withoutEnd, withStores } from "./sabotage.js";

/** Caches, shared breakers and pings that are broken. */
export const sharedSabotages: Readonly<Record<string, Sabotage>> = {
  "finds answers that are over": {
    create: withStores(({ cache }) => ({
      cache: { ...cache, put: (entry, call) => cache.put(withoutEnd(entry), call) },
    })),
    fails: [
      "cache-store/1 > does not find an entry that is over",
      "cache-store/1 > drops what is over, and tells how many",
      "retention-store/1 > always drops answers, vectors and facts that are over, and no others",
      "retention-store/1 > drops no more of what is over than it may in all",
      "retention-store/1 > leaves the records of other tenants alone",
      "retention-store/1 > refuses times that are none and limits out of range, and drops nothing",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
    ],
  },
  "merges an answer into the one before": {
    create: withStores(({ cache }) => ({
      cache: {
        ...cache,
        put: async (entry, call) => {
          const before = (await cache.get(entry.key, call).catch(() => undefined))?.value;
          const isBoth = isObject(before) && isObject(entry.value);
          await cache.put(isBoth ? { ...entry, value: { ...before, ...entry.value } } : entry, call);
        },
      },
    })),
    fails: ["cache-store/1 > replaces an entry whole when it is put again"],
  },
  "takes an answer of null for none": {
    create: withStores(({ cache }) => ({
      cache: {
        ...cache,
        get: async (key, call) => {
          const entry = await cache.get(key, call);
          return entry?.value === null ? undefined : entry;
        },
      },
    })),
    fails: ["cache-store/1 > gives back an entry as it was put, whatever JSON it holds"],
  },
  "removes the first answer only": {
    create: withStores(({ cache }) => ({
      cache: {
        ...cache,
        remove: (keys, call) => cache.remove(keys.length === 3 ? keys.slice(0, 1) : keys, call),
      },
    })),
    fails: ["cache-store/1 > removes entries by key, and passes over keys that are not there"],
  },
  "does not tell how many answers were over": {
    create: withStores(({ cache }) => ({
      cache: { ...cache, prune: async (call) => Math.min(0, await cache.prune(call)) },
    })),
    fails: [
      "cache-store/1 > drops what is over, and tells how many",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
    ],
  },
  "shares answers between tenants": {
    create: withStores(({ tenant, cache }, storage) => ({
      cache: tenant === "other" ? storage.tenant("acme").cache : cache,
    })),
    fails: [
      "erasure-store/1 > leaves the stores of other tenants as they are",
      "retention-store/1 > leaves the records of other tenants alone",
      "tenants > keeps cached answers apart, though their keys are the same",
    ],
  },
  "keeps the breaker that was put last": {
    create: withStores(({ breakers }) => ({
      breakers: {
        ...breakers,
        put: async (record, call) => {
          const [stored] = await breakers.list([record.name], call).catch(() => []);
          const isOlder = stored !== undefined && record.changedAt < stored.changedAt;
          await breakers.put(isOlder ? { ...record, changedAt: stored.changedAt } : record, call);
        },
      },
    })),
    fails: ["breaker-store/1 > keeps the record that changed last, whichever was put last"],
  },
  "keeps the first of two breakers that changed at one instant": {
    create: withStores(({ breakers }) => ({
      breakers: {
        ...breakers,
        put: async (record, call) => {
          const [stored] = await breakers.list([record.name], call).catch(() => []);
          if (stored === undefined || stored.changedAt !== record.changedAt) await breakers.put(record, call);
        },
      },
    })),
    fails: ["breaker-store/1 > replaces a record that changed at the same instant, whole"],
  },
  "lists breakers by their names": {
    create: withStores(({ breakers }) => ({
      breakers: {
        ...breakers,
        list: async (names, call) =>
          [...(await breakers.list(names, call))].sort((left, right) => (left.name < right.name ? -1 : 1)),
      },
    })),
    fails: [
      "breaker-store/1 > gives back records in the order of the names, and leaves out those that are not stored",
    ],
  },
  "lets two processes probe that ask at once": {
    create: withStores(({ breakers }) => {
      let inFlight = 0;
      return {
        breakers: {
          ...breakers,
          claimProbe: async (name, owner, until, call) => {
            inFlight += 1;
            await Promise.resolve();
            const isAlone = inFlight === 1;
            const isClaimed = await breakers.claimProbe(name, owner, until, call).finally(() => {
              inFlight -= 1;
            });
            return isClaimed || !isAlone;
          },
        },
      };
    }),
    fails: ["breaker-store/1, probes > gives the right to probe to one of 50 who claim it at once"],
  },
  "lets a dead process keep the right to probe": {
    create: withStores(({ breakers }) => ({
      breakers: {
        ...breakers,
        claimProbe: (name, owner, until, call) =>
          breakers.claimProbe(name, owner, until === LONG_AGO ? FAR_AHEAD : until, call),
      },
    })),
    fails: ["breaker-store/1, probes > gives the right away once it is over"],
  },
  "takes the right to probe back from anyone": {
    create: withStores(({ breakers }) => {
      const owners = new Map<string, string>();
      return {
        breakers: {
          ...breakers,
          claimProbe: async (name, owner, until, call) => {
            const isClaimed = await breakers.claimProbe(name, owner, until, call);
            if (isClaimed) owners.set(name, owner);
            return isClaimed;
          },
          releaseProbe: async (name, owner, call) => {
            await breakers.releaseProbe(name, owner, call);
            await breakers.releaseProbe(name, owners.get(name) ?? owner, call);
          },
        },
      };
    }),
    fails: ["breaker-store/1, probes > takes the right back from its owner alone"],
  },
  "shares breakers between tenants": {
    create: withStores(({ tenant, breakers }, storage) => ({
      breakers: tenant === "other" ? storage.tenant("acme").breakers : breakers,
    })),
    fails: ["tenants > keeps breakers and rights to probe apart, though their names are the same"],
  },
  "answers a ping once it is closed": {
    create: () => ({ ...memoryStorage(), ping: async (call) => call?.signal?.throwIfAborted() }),
    fails: [
      "lifecycle > answers a ping while it is open, and no more once it is closed or the caller has gone",
    ],
  },
  "does not hear that a ping was aborted": {
    create: () => {
      const storage = memoryStorage();
      return { ...storage, ping: () => storage.ping() };
    },
    fails: [
      "lifecycle > answers a ping while it is open, and no more once it is closed or the caller has gone",
    ],
  },
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
