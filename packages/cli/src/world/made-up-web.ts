import type { KnowledgeSearch } from "@salesagent/agents";
import { memoryKnowledge, memorySearch } from "@salesagent/agents/rehearsal";
import type {
  CompanyEnricher,
  Egress,
  Profile,
  ProfileReader,
  SearchBackend,
  SearchHit,
  TechnologyRule,
} from "@salesagent/agents/tools";
import type { Company, Contact } from "@salesagent/ports";

/** No page is there: the name is reserved for examples. */
const PAGES_URL = "https://pages.rehearsal.example";

/** What the first round of a rehearsed research finds, and what only a second one does. */
export const MADE_UP_PAGES = {
  news: [
    page("second-office", "the account opens a second office", "Forty people move in by spring."),
    page("new-team", "the account hires a team for enterprise customers", "Six posts are open."),
  ],
  budget: [page("budget", "the account doubles its budget for tools", "Said at its own conference.")],
} as const;

export type PageTopic = keyof typeof MADE_UP_PAGES;

/** The words by which a topic's pages are found. */
export const topicQuery = (topic: PageTopic): string => `simulated account ${topic}`;

function page(path: string, title: string, snippet: string): SearchHit {
  return { title: `[simulated] ${title}`, url: `${PAGES_URL}/${path}`, snippet: `[simulated] ${snippet}` };
}

/** A search engine over the made-up pages, each with the name of its topic. */
export function rehearsedSearch(): SearchBackend {
  const tagged = Object.entries(MADE_UP_PAGES).flatMap(([topic, pages]) =>
    pages.map((hit) => ({ ...hit, snippet: `${hit.snippet} (${topic})` })),
  );
  return { ...memorySearch(tagged), provider: "rehearsal" };
}

/** Help pages of a seller that there is not. */
export function rehearsedKnowledge(): KnowledgeSearch {
  const known = memoryKnowledge([
    passage("export", "Exports", "Reports are exported as CSV, from the menu of each report."),
    passage("seats", "Seats and price", "The price is by seat and month. An invoice comes on the first."),
    passage("login", "Trouble with the login", "Who can't log in asks for another link on the first page."),
  ]);
  return { ...known, provider: "rehearsal" };
}

function passage(id: string, title: string, text: string) {
  return { id, title: `[simulated] ${title}`, text: `[simulated] ${text}`, url: `${PAGES_URL}/help/${id}` };
}

const SOURCE = "rehearsal";

/** A data vendor that knows every company and person, all made up. */
export function rehearsedEnricher(nowIso: () => string): CompanyEnricher {
  return {
    port: "company-enricher/1",
    provider: SOURCE,
    company: async ({ domain, name }, { signal }) => {
      signal?.throwIfAborted();
      return { found: madeUpCompany({ domain, name }, 120, nowIso()), credits: 0 };
    },
    person: async ({ email, fullName }, { signal }) => {
      signal?.throwIfAborted();
      const known = { ...(email === undefined ? {} : { email }), fullName: fullName ?? "[simulated] Person" };
      const provenance = provenanceOf(["fullName", "title", "seniority"], nowIso());
      const found: Contact = {
        ...known,
        title: "[simulated] Head of Sales",
        seniority: "director",
        provenance,
      };
      return { found, credits: 0 };
    },
  };
}

/** Profile pages that say something else of a company's size, so that there is something to settle. */
export function rehearsedProfiles(nowIso: () => string): ProfileReader {
  return {
    port: "profile-reader/1",
    provider: SOURCE,
    read: async (url, { signal }): Promise<Profile> => {
      signal?.throwIfAborted();
      if (url.includes("/company/")) return { kind: "company", company: madeUpCompany({}, 200, nowIso()) };
      const contact: Contact = {
        title: "[simulated] Director of Sales",
        provenance: provenanceOf(["title"], nowIso()),
      };
      return { kind: "person", contact, positions: [] };
    },
  };
}

function madeUpCompany(
  { domain, name }: { readonly domain?: string | undefined; readonly name?: string | undefined },
  people: number,
  at: string,
): Company {
  return {
    ...(name === undefined ? {} : { name }),
    ...(domain === undefined ? {} : { domain }),
    industry: "[simulated] Software",
    employees: { min: people, max: people },
    provenance: provenanceOf(["industry", "employees"], at),
  };
}

function provenanceOf(fields: readonly string[], at: string): Company["provenance"] {
  return Object.fromEntries(fields.map((field) => [field, { source: SOURCE, at }]));
}

const SITE = `<!doctype html><meta name="generator" content="Simulated CMS"><title>A made-up page</title>`;

/** Every site is the same made-up page; nothing leaves the machine. */
export function rehearsedSites(): Egress {
  return {
    port: "egress/1",
    checksAddresses: true,
    send: async (_request, { signal }) => {
      signal.throwIfAborted();
      return new Response(SITE, { headers: { "content-type": "text/html" } });
    },
  };
}

/** What the made-up page shows. */
export const REHEARSED_TECHNOLOGIES: readonly TechnologyRule[] = [
  { name: "[simulated] CMS", category: "cms", generator: /^Simulated CMS$/ },
];
