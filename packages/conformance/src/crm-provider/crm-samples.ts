import type { CrmKind, JsonValue } from "@salesagent/ports";
import type { CrmSamples } from "./crm-world.js";

type Sample = Readonly<Record<string, JsonValue>>;

/** What stands in for the number that keeps samples of one case apart. */
const COUNT = "#";

const USUAL: { readonly [Kind in CrmKind]: CrmSamples } = {
  contact: {
    first: {
      ...{ firstName: "Ada", lastName: "Byron", fullName: "Ada Byron", email: "ada.#@example.com" },
      ...{ phone: "+493090182#", title: "Chief Engineer", seniority: "executive", department: "Engineering" },
      ...{ linkedinUrl: "https://www.linkedin.com/in/ada-#", country: "DE", timeZone: "Europe/Berlin" },
      ...{ otherEmails: ["ada.#@example.org", "byron.#@example.org"], otherPhones: ["+493090183#"] },
      optedOut: false,
    },
    second: {
      ...{ firstName: "Grace", lastName: "Hopper", fullName: "Grace Hopper", email: "grace.#@example.com" },
      ...{ phone: "+493090184#", title: "Admiral", seniority: "director", department: "Research" },
      ...{ linkedinUrl: "https://www.linkedin.com/in/grace-#", country: "FR", timeZone: "Europe/Paris" },
      ...{ otherEmails: ["byron.#@example.org", "grace.#@example.org"], otherPhones: ["+493090185#"] },
      optedOut: true,
    },
  },
  company: {
    first: {
      ...{ name: "Analytical # Ltd", domain: "analytical#.com", website: "https://analytical#.com" },
      ...{ linkedinUrl: "https://www.linkedin.com/company/analytical-#", industry: "Software" },
      ...{ profileUrl: "https://directory.example.com/analytical-#", subIndustries: ["Analytics"] },
      ...{ description: "Engines.", keywords: ["engines", "cards"], country: "DE", region: "Bavaria" },
      ...{ city: "Munich", address: "Ring 1", employees: { min: 200, max: 200 }, foundedYear: 2015 },
      ...{ revenueUsd: { min: 5_000_000, max: 5_000_000 }, fundingUsd: 1_000_000, fundingStage: "Seed" },
      ...{ technologies: ["Postgres", "Redis"], status: "active", phone: "+493090186#" },
    },
    second: {
      ...{ name: "Compilers # Inc", domain: "compilers#.com", website: "https://compilers#.com" },
      ...{ linkedinUrl: "https://www.linkedin.com/company/compilers-#", industry: "Consulting" },
      ...{ profileUrl: "https://directory.example.com/compilers-#", subIndustries: ["Tools"] },
      ...{ description: "Compilers.", keywords: ["cards", "languages"], country: "FR", region: "Brittany" },
      ...{ city: "Brest", address: "Quai 2", employees: { min: 350, max: 350 }, foundedYear: 2016 },
      ...{ revenueUsd: { min: 7_000_000, max: 7_000_000 }, fundingUsd: 2_000_000, fundingStage: "Series A" },
      ...{ technologies: ["Redis", "Kafka"], status: "inactive", phone: "+493090187#" },
    },
  },
  deal: {
    first: {
      ...{ name: "Engine #", amountMinor: 1_250_000, currency: "USD", status: "open", probability: 40 },
      closeDate: "2027-03-31",
    },
    second: {
      ...{ name: "Compiler #", amountMinor: 990_050, currency: "USD", status: "won", probability: 90 },
      closeDate: "2027-01-01",
    },
  },
  activity: {
    first: {
      ...{ type: "note", subject: "Call # ", body: "They want engines.", at: "2026-01-05T09:00:00.000Z" },
      ...{ dueAt: "2026-02-01T09:00:00.000Z", done: false, direction: "out" },
    },
    second: {
      ...{ type: "note", subject: "Talk #", body: "They want compilers.", at: "2026-01-06T09:00:00.000Z" },
      ...{ dueAt: "2026-02-02T09:00:00.000Z", done: true, direction: "in" },
    },
  },
};

/** The fields that users of the CRM fill in, and the one that they change most. */
const PLAIN: { readonly [Kind in CrmKind]: readonly string[] } = {
  contact: ["firstName", "lastName", "email", "phone", "title"],
  company: ["name", "domain"],
  deal: ["name", "amountMinor", "currency"],
  activity: ["type", "body"],
};

const EDITED: { readonly [Kind in CrmKind]: readonly string[] } = {
  contact: ["title", "firstName", "phone"],
  company: ["name"],
  deal: ["amountMinor", "name"],
  activity: ["body"],
};

/** A sample of the fields named, for one record of many. */
export function sampleOf(
  kind: CrmKind,
  which: keyof CrmSamples,
  names: readonly string[],
  count: number,
  given: { readonly [Kind in CrmKind]?: Partial<CrmSamples> } = {},
): Sample {
  const all: Sample = { ...USUAL[kind][which], ...given[kind]?.[which] };
  const wanted = Object.entries(all).filter(([name]) => names.includes(name));
  return Object.fromEntries(wanted.map(([name, value]) => [name, numbered(value, count)]));
}

/** Of the fields named, those that a user fills in. */
export function plainOf(kind: CrmKind, names: readonly string[], count: number): Sample {
  return sampleOf(
    kind,
    "first",
    PLAIN[kind].filter((name) => names.includes(name)),
    count,
  );
}

/** A field that a user changes, with a value for each count. */
export function editOf(kind: CrmKind, names: readonly string[], count: number): Sample {
  const field = EDITED[kind].find((name) => names.includes(name));
  if (field === undefined) return {};
  if (field === "amountMinor") return { amountMinor: 1_000_000 + count };
  return { [field]: field === "phone" ? `+4930901${1000 + count}` : `Changed ${count}` };
}

function numbered(value: JsonValue, count: number): JsonValue {
  if (typeof value === "string") return value.replace(COUNT, String(1000 + count));
  return Array.isArray(value) ? value.map((item: JsonValue) => numbered(item, count)) : value;
}
