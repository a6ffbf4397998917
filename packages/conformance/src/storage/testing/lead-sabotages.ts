import type { LeadDraft } from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

/** Lead stores and tenants that are broken. */
export const leadSabotages: Readonly<Record<string, Sabotage>> = {
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
      "erasure-store/1 > finds what each store holds of a person, and changes nothing",
      "erasure-store/1 > erases what it found, tells it as it was found, and leaves no mention",
      "erasure-store/1 > leaves the stores of other tenants as they are",
      "erasure-store/1, records > erases mentions in results of others, the audit trail and imports, which stay where they were",
      "retention-store/1 > drops audit records of before a time",
      "retention-store/1 > drops no more than it may of each kind, the oldest first, until there are none",
      "retention-store/1 > leaves the records of other tenants alone",
      "tenants > keeps audit trails apart, though their ids are the same",
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
    ],
  },
  "shares imports between tenants": {
    create: withStores(({ tenant, imports }, storage) => ({
      imports: tenant === "other" ? storage.tenant("acme").imports : imports,
    })),
    fails: [
      "erasure-store/1 > leaves the stores of other tenants as they are",
      "tenants > keeps imports apart, though their ids are the same",
    ],
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
      "erasure-store/1, records > erases mentions in other leads, and their keys that mention the person",
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
