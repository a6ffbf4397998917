import type { FoundLead, LeadStore, RunStore, TenantStores } from "@salesagent/ports";
import { type Sabotage, withStores, withTransaction } from "./sabotage.js";

type Find = LeadStore["find"];

/** A memory storage that finds leads in another way. */
function withFind(change: (find: Find, stores: TenantStores) => Find) {
  return withStores((stores) => ({
    leads: { ...stores.leads, find: change(stores.leads.find, stores) },
  }));
}

/** One that tells of the leads it found in another way. */
function withFound(change: (lead: FoundLead, stores: TenantStores) => FoundLead | Promise<FoundLead>) {
  return withFind((find, stores) => async (query, page, call) => {
    const { items, ...next } = await find(query, page, call);
    return { items: await Promise.all(items.map((lead) => change(lead, stores))), ...next };
  });
}

/** One that searches in another way, and finds the rest as it should. */
function withSearch(matches: (lead: FoundLead, search: string) => boolean) {
  return withFind((find) => async ({ search, ...query } = {}, page, call) => {
    if (search === undefined) return find(query, page, call);
    await find({ search }, page, call); // refuses what is to be refused
    const { items } = await find(query, { limit: 1_000 }, call);
    return { items: items.filter((lead) => matches(lead, search)) };
  });
}

const textOf = ({ company, contact, keys, source, custom }: FoundLead, ...also: object[]) =>
  JSON.stringify([company.name, company.domain, contact, keys, source, custom, also]);

const withCosts = (
  change: (costs: RunStore["costsOfParts"], stores: TenantStores) => RunStore["costsOfParts"],
) =>
  withStores((stores) => ({
    runs: { ...stores.runs, costsOfParts: change(stores.runs.costsOfParts, stores) },
  }));

/** Stores that find leads wrongly, or sum costs of parts wrongly. */
export const findSabotages: Readonly<Record<string, Sabotage>> = {
  "finds leads without what was found out about them": {
    create: withFound(({ qualification: _, ...lead }) => lead),
    fails: [
      "lead-store/1, finding > gives leads in the order of storing, each whole and with its newest qualification",
      "lead-store/1, finding > keeps the leads, words and scores of tenants apart",
    ],
  },
  "tells the first qualification of a lead for its newest": {
    create: withFound(async (lead, { results }) => {
      const { items } = await results.list({ leadId: lead.id, kind: "qualification" }, { limit: 1_000 });
      const { score, tier, createdAt = "" } = items.at(-1) ?? {};
      if (items.length === 0) return lead;
      const first = { ...(score !== undefined && { score }), ...(tier !== undefined && { tier }), createdAt };
      return { ...lead, qualification: first };
    }),
    fails: [
      "lead-store/1, finding > gives leads in the order of storing, each whole and with its newest qualification",
    ],
  },
  "takes no notice of the stage and the source where it searches": {
    create: withFind(
      (find) =>
        ({ stage, source, ...query } = {}, page, call) =>
          find(query.search === undefined ? { stage, source, ...query } : query, page, call),
    ),
    fails: ["lead-store/1, finding > finds by stage and source"],
  },
  "finds words within words, wherever they stand in a lead": {
    create: withSearch((lead, search) => textOf(lead).toLowerCase().includes(search.toLowerCase())),
    fails: [
      "lead-store/1, finding > searches the company's name and domain, the contact's name and e-mail, and nothing else",
      "lead-store/1, finding > searches for the beginnings of words, all of them, in any order and case",
      "lead-store/1, finding > takes what stands for anything elsewhere as what it is",
      "lead-store/1, finding > finds a lead by what it says now, and no more once it is gone",
      "lead-store/1, finding > finds by a score's range, both ends of it inclusive, in either order",
    ],
  },
  "minds the case of what it searches": {
    create: withFind((find) => async (query = {}, page, call) => {
      const { items, ...next } = await find(query, page, call);
      const [first = ""] = (query.search ?? "").split(" ");
      return { items: items.filter((lead) => textOf(lead).includes(first)), ...next };
    }),
    fails: [
      "lead-store/1, finding > searches the company's name and domain, the contact's name and e-mail, and nothing else",
      "lead-store/1, finding > searches for the beginnings of words, all of them, in any order and case",
      "lead-store/1, finding > takes what stands for anything elsewhere as what it is",
    ],
  },
  "takes any word for all of them": {
    create: withFind((find) => async ({ search, ...query } = {}, page, call) => {
      if (search === undefined || search.length > 100 || search.startsWith("a ")) {
        return find({ ...query, search }, page, call);
      }
      return find({ ...query, search: search.split(" ")[0] }, page, call);
    }),
    fails: [
      "lead-store/1, finding > searches for the beginnings of words, all of them, in any order and case",
    ],
  },
  "finds everything where there is no word to search for": {
    create: withFind((find) => (query = {}, page, call) => {
      const { search, ...rest } = query;
      return find(search !== undefined && !/[\p{L}\p{N}]/u.test(search) ? rest : query, page, call);
    }),
    fails: ["lead-store/1, finding > takes what stands for anything elsewhere as what it is"],
  },
  "takes searches of any length": {
    create: withFind((find) => async (query = {}, page, call) => {
      if ((query.search ?? "").length > 200) return { items: [] };
      return find(query, page, call);
    }),
    fails: ["lead-store/1, finding > refuses a search that is too long, or of too many words"],
  },
  "lists the lowest scores first": {
    create: withFind((find) => async (query = {}, page, call) => {
      if (query.order !== "score") return find(query, page, call);
      const { items, ...next } = await find(query, page, call);
      return { items: [...items].reverse(), ...next };
    }),
    fails: [
      "lead-store/1, finding > lists by score, the highest first, of equal ones the lead stored last, page by page",
      "lead-store/1, finding > neither repeats nor skips a lead whose score stays, while others are scored between pages",
      "lead-store/1, finding > goes by the newest score alone",
      "lead-store/1, finding > finds by a score's range, both ends of it inclusive, in either order",
      "lead-store/1, finding > pages through a search with filters as through all at once, in either order",
      "lead-store/1, finding > shows a transaction what it stored and scored, and nobody else before it ends",
      "lead-store/1, finding > keeps the leads, words and scores of tenants apart",
    ],
  },
  "cuts pages of a search before it leaves out other stages": {
    create: withFind((find) => async ({ stage, ...query } = {}, page, call) => {
      if (stage === undefined || query.search === undefined) return find({ ...query, stage }, page, call);
      const { items, ...next } = await find(query, page, call);
      const left = items.filter((lead) => lead.stage === stage);
      return { items: left, ...(left.length === items.length && next) };
    }),
    fails: [
      "lead-store/1, finding > pages through a search with filters as through all at once, in either order",
    ],
  },
  "pages through scores by counting": {
    create: withFind((find) => async (query = {}, page = {}, call) => {
      if (query.order !== "score") return find(query, page, call);
      const { after = "0", limit = 100 } = page;
      const { items } = await find(query, { limit: 1_000 }, call);
      const end = Number(after) + limit;
      return { items: items.slice(Number(after), end), ...(end < items.length && { next: String(end) }) };
    }),
    fails: [
      "lead-store/1, finding > neither repeats nor skips a lead whose score stays, while others are scored between pages",
    ],
  },
  "leaves the ends of a range of scores out": {
    create: withFind((find) => async (query = {}, page, call) => {
      const { minScore = -1, maxScore = 101 } = query;
      const { items, ...next } = await find(query, page, call);
      const isWithin = (score = 50) => score > minScore && score < maxScore;
      return { items: items.filter(({ qualification }) => isWithin(qualification?.score)), ...next };
    }),
    fails: ["lead-store/1, finding > finds by a score's range, both ends of it inclusive, in either order"],
  },
  "finds in a transaction what stood before it": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction(
          (stores) => work({ ...stores, leads: { ...stores.leads, find: tenant.leads.find } }),
          call,
        ),
    ),
    fails: [
      "lead-store/1, finding > shows a transaction what it stored and scored, and nobody else before it ends",
      "transactions > refuses the stores of a transaction once it is over",
    ],
  },
  "finds leads of another tenant by their words": {
    create: withStores(({ leads, tenant }, storage) => ({
      leads: {
        ...leads,
        find: async (query = {}, page, call) => {
          const own = await leads.find(query, page, call);
          if (tenant !== "acme" || own.items.length > 0 || query.search === undefined) return own;
          return storage.tenant("other").leads.find(query, page, call);
        },
      },
    })),
    fails: ["lead-store/1, finding > keeps the leads, words and scores of tenants apart"],
  },
  "adds what parts of parts cost": {
    create: withCosts((costs, { runs }) => async (ids, call) => {
      const sums = await costs(ids, call);
      const { items } = await runs.list({}, { limit: 1_000 }, call);
      const add = async (sum: (typeof sums)[number]) => {
        const own = items.filter((run) => run.parentRunId === sum.parentRunId).map(({ id }) => id);
        const below = (await costs(own, call)).flatMap(({ costUsd }) => costUsd ?? []);
        if (sum.costUsd === undefined) return sum;
        return { ...sum, costUsd: below.reduce((total, costUsd) => total + costUsd, sum.costUsd) };
      };
      return Promise.all(sums.map(add));
    }),
    fails: ["run-store/1, costs of parts > are the sums of direct parts, exactly, in the order asked for"],
  },
  "takes what has no known price for free": {
    create: withCosts(
      (costs) => async (ids, call) => (await costs(ids, call)).map((sum) => ({ costUsd: 0, ...sum })),
    ),
    fails: [
      "run-store/1, costs of parts > are those of the model calls where a part has none of its own, and unknown where a price is",
    ],
  },
  "tells costs of parts in an order of its own": {
    create: withCosts((costs) => (ids, call) => costs([...ids].sort(), call)),
    fails: [
      "run-store/1, costs of parts > are the sums of direct parts, exactly, in the order asked for",
      "run-store/1, costs of parts > are those of the model calls where a part has none of its own, and unknown where a price is",
    ],
  },
  "adds up what another tenant's parts cost": {
    create: withStores(({ runs, tenant }, storage) => ({
      runs: {
        ...runs,
        costsOfParts: async (ids, call) => {
          const own = await runs.costsOfParts(ids, call);
          if (tenant !== "acme" || own.some(({ costUsd }) => costUsd !== 0)) return own;
          const theirs = await storage.tenant("other").runs.costsOfParts(ids, call);
          return theirs.length > 0 ? theirs : own;
        },
      },
    })),
    fails: ["run-store/1, costs of parts > leave out the parts and model calls of other tenants"],
  },
};
