import { type Sabotage, withStores } from "./sabotage.js";

/** Inboxes, rates, leases and credentials that are broken. */
export const syncStateSabotages: Readonly<Record<string, Sabotage>> = {
  "takes a request that comes twice": {
    create: withStores(({ inbox }) => ({
      inbox: {
        ...inbox,
        put: async (entry, call) => (await inbox.put(entry, call)) || entry.key !== "other",
      },
    })),
    fails: [
      "inbox-store/1 > keeps a request once by its source and key",
      "inbox-store/1 > keeps a request once that comes many times at once",
      "inbox-store/1 > empties what is handled, and knows its key still",
      "erasure-store/1, syncs > empties requests to webhooks that mention the person, and leaves credentials and cursors",
    ],
  },
  "gives a request to every worker": {
    create: withStores(({ inbox }) => ({
      inbox: {
        ...inbox,
        claim: (want, call) => inbox.claim({ ...want, leaseMs: Math.min(want.leaseMs, 0) }, call),
      },
    })),
    fails: [
      "inbox-store/1 > gives entries of a source that wait to one worker at a time, oldest first, and counts attempts",
      "inbox-store/1 > gives each entry to one of many who claim at once",
    ],
  },
  "tries a request again at once": {
    create: withStores(({ inbox }) => ({
      inbox: {
        ...inbox,
        settle: (id, outcome, call) =>
          inbox.settle(
            id,
            outcome.status === "received" && outcome.retryAt.startsWith("2999")
              ? { ...outcome, retryAt: "2001-01-01T00:00:00Z" }
              : outcome,
            call,
          ),
      },
    })),
    fails: [
      "inbox-store/1 > gives an entry that is to be tried again away from that time on, and one that failed never",
    ],
  },
  "keeps the body of what is handled": {
    create: withStores(({ inbox }) => ({
      inbox: {
        ...inbox,
        list: async (filter, page, call) => {
          const { items, ...next } = await inbox.list(filter, page, call);
          const full = items.map((entry) =>
            entry.status === "handled" ? { ...entry, body: "aGVsbG8=" } : entry,
          );
          return { items: full, ...next };
        },
      },
    })),
    fails: [
      "inbox-store/1 > empties what is handled, and knows its key still",
      "transactions over the stores of syncs > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "leaves nothing to others": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        take: ({ share = 1, ...want }, call) =>
          rateBudgets.take(share > 0.1 ? want : { ...want, share }, call),
      },
    })),
    fails: ["rate-budget-store/1 > leaves to others what a caller's part leaves"],
  },
  "counts every take as one call": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        take: ({ calls = 1, ...want }, call) =>
          rateBudgets.take(calls === 4 || calls < 1 ? { ...want, calls } : want, call),
      },
    })),
    fails: [
      "rate-budget-store/1 > takes calls in all windows or in none, and names the one that refuses longest",
      "rate-budget-store/1 > counts calls of several at once, and keeps keys and windows apart",
    ],
  },
  "takes calls in the first window alone": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        take: (want, call) => {
          const isSound = new Set(want.windows.map(({ name }) => name)).size === want.windows.length;
          const isWhole = want.windows.every(({ windowMs }) => Number.isInteger(windowMs));
          return rateBudgets.take(
            isSound && isWhole ? { ...want, windows: want.windows.slice(0, 1) } : want,
            call,
          );
        },
      },
    })),
    fails: [
      "rate-budget-store/1 > takes calls in all windows or in none, and names the one that refuses longest",
    ],
  },
  "counts the windows of all keys together": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        take: (want, call) =>
          rateBudgets.take(want.key === "hubspot" ? { ...want, key: "close" } : want, call),
      },
    })),
    fails: [
      "rate-budget-store/1 > counts calls of several at once, and keeps keys and windows apart",
      "rate-budget-store/1 > grants no call while a service takes none, in that window alone, and does not shorten it",
    ],
  },
  "gives calls back a week later": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        take: (want, call) => {
          const windows = want.windows.map((it) =>
            it.windowMs === 1 ? { ...it, windowMs: 604_800_000 } : it,
          );
          return rateBudgets.take({ ...want, windows }, call);
        },
      },
    })),
    fails: ["rate-budget-store/1 > grants again once the calls are out of the window"],
  },
  "does not hear how much is left": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        learn: ({ remaining, ...told }, call) =>
          rateBudgets.learn(remaining !== undefined && remaining < 0 ? { ...told, remaining } : told, call),
      },
    })),
    fails: ["rate-budget-store/1 > takes in that less is left than it knows, and not that more is"],
  },
  "does not hear that a service takes no call": {
    create: withStores(({ rateBudgets }) => ({
      rateBudgets: {
        ...rateBudgets,
        learn: ({ blockedMs = 0, ...told }, call) =>
          rateBudgets.learn(blockedMs < 0 ? { ...told, blockedMs } : told, call),
      },
    })),
    fails: [
      "rate-budget-store/1 > grants no call while a service takes none, in that window alone, and does not shorten it",
    ],
  },
  "gives a lease to everybody": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        acquire: (name, owner, leaseMs, call) =>
          leases.acquire(name, owner, leaseMs <= 86_400_000 ? Math.min(leaseMs, 0) : leaseMs, call),
      },
    })),
    fails: [
      "lease-store/1 > gives a lease to one of many who ask at once",
      "lease-store/1 > gives it to its owner again, and each name by itself",
      "lease-store/1 > gives it away once it is over or released, under a number that rises with each owner",
      "lease-store/1 > takes it back from its owner alone",
      "lease-store/1 > renews it for its owner while it lasts",
      "transactions over the stores of syncs > puts back what was changed and removed when the callback throws",
      "sync stores, lifecycle > keep to their tenant, though names and ids are the same",
    ],
  },
  "never gives a lease away": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        acquire: (name, owner, leaseMs, call) =>
          leases.acquire(name, owner, leaseMs === 0 ? 60_000 : leaseMs, call),
      },
    })),
    fails: [
      "lease-store/1 > gives it away once it is over or released, under a number that rises with each owner",
    ],
  },
  "numbers all leases alike": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        acquire: async (name, owner, leaseMs, call) => {
          const fence = await leases.acquire(name, owner, leaseMs, call);
          return fence && 1;
        },
      },
    })),
    fails: [
      "lease-store/1 > gives it away once it is over or released, under a number that rises with each owner",
    ],
  },
  "renews a lease for anybody": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        renew: async (name, owner, leaseMs, call) => {
          await leases.renew(name, owner, leaseMs, call);
          return true;
        },
      },
    })),
    fails: [
      "lease-store/1 > takes it back from its owner alone",
      "lease-store/1 > renews it for its owner while it lasts",
    ],
  },
  "takes a lease back from anybody": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        release: async (name, owner, call) => {
          await leases.release(name, owner, call);
          await leases.release(name, "me", call);
        },
      },
    })),
    fails: ["lease-store/1 > takes it back from its owner alone"],
  },
  "writes over whatever credential stands": {
    create: withStores(({ credentials }) => ({
      credentials: {
        ...credentials,
        put: ({ ifRevision = 0, ...credential }, call) =>
          credentials.put(
            ifRevision === null || Number.isInteger(ifRevision) ? credential : { ...credential, ifRevision },
            call,
          ),
      },
    })),
    fails: [
      "credential-store/1 > writes only over the revision that it rests on, so that one refresh of many is kept",
    ],
  },
  "lists credentials as they come": {
    create: withStores(({ credentials }) => ({
      credentials: {
        ...credentials,
        list: async (filter, call) => [...(await credentials.list(filter, call))].reverse(),
      },
    })),
    fails: [
      "credential-store/1 > lists by platform and account, those of a platform or a key, and removes them",
    ],
  },
  "takes credentials that are not sealed": {
    create: withStores(({ credentials }) => ({
      credentials: {
        ...credentials,
        put: (credential, call) =>
          credentials.put(
            credential.sealed.includes(" ") ? { ...credential, sealed: btoa(credential.sealed) } : credential,
            call,
          ),
      },
    })),
    fails: [
      "credential-store/1 > takes 64 KiB, and refuses more and what is not sealed, naming the field but not the content",
    ],
  },
};
