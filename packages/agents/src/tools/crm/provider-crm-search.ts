import {
  type Clock,
  type CompanyFields,
  type ContactFields,
  type CRMProvider,
  type CrmKindSupport,
  type CrmLookup,
  type CrmRecord,
  type FieldProvenance,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import type { CrmMatch, CrmQuery, CrmSearch, TenantCall } from "../../ports/crm-search.js";

const CONTACT_FIELDS = [
  "firstName",
  "lastName",
  "fullName",
  "email",
  "phone",
  "title",
  "seniority",
  "department",
  "linkedinUrl",
  "country",
  "timeZone",
] as const satisfies readonly (keyof ContactFields)[];

const COMPANY_FIELDS = [
  "name",
  "domain",
  "website",
  "profileUrl",
  "linkedinUrl",
  "industry",
  "subIndustries",
  "description",
  "keywords",
  "country",
  "region",
  "city",
  "address",
  "employees",
  "foundedYear",
  "revenueUsd",
  "fundingUsd",
  "fundingStage",
  "technologies",
  "status",
  "phone",
] as const satisfies readonly (keyof CompanyFields)[];

/** A provider, or the one of each tenant. */
export type ProviderOfTenant = CRMProvider | ((tenant: string) => CRMProvider | Promise<CRMProvider>);

/**
 * Makes `search_crm` work on any CRM: records are looked up by the surest key that the CRM knows, e-mail before domain before
 * name, and must match in all that was asked for.
 *
 * @param provider - A function that tells the CRM of a tenant; where there is one tenant, the adapter.
 * @throws From the search: `crm.unsupported` when the CRM can look up by none of the keys given; `config.invalid` when a second tenant
 *   searches what was given as one adapter.
 *
 * @example
 * ```ts
 * searchCrm(providerCrmSearch((tenant) => crmOf(tenant), { name: "close" }));
 * ```
 */
export function providerCrmSearch(
  provider: ProviderOfTenant,
  options: {
    /** Names the CRM, where a function tells the provider. @defaultValue the provider's own name, or `crm` */
    readonly name?: string;
    /** That the one adapter is for all tenants: each finds whatever that CRM has. @defaultValue false */
    readonly shared?: boolean;
    /** @defaultValue systemClock */
    readonly clock?: Clock;
  } = {},
): CrmSearch {
  const { clock = systemClock, shared = false } = options;
  const name = options.name ?? (typeof provider === "function" ? "crm" : provider.provider);
  const providerOf = providersOf(provider, name, shared);
  return {
    port: "crm-search/1",
    provider: name,
    search: async (query, { tenant, signal }: TenantCall) => {
      signal?.throwIfAborted();
      const crm = await providerOf(tenant);
      const { records } = await crm.lookup(lookupOf(crm, query), { signal, priority: "interactive" });
      return records
        .map((record) => toMatch(record, crm.provider, clock))
        .filter((match) => isAsked(match, query))
        .slice(0, query.maxResults);
    },
  };
}

/** One adapter is the first tenant's whose agent searches with it: with a second one, customers would read each other's CRM unnoticed. */
function providersOf(provider: ProviderOfTenant, name: string, shared: boolean) {
  if (typeof provider === "function") return async (tenant: string) => provider(tenant);
  let first: string | undefined;
  return async (tenant: string) => {
    first ??= tenant;
    if (first === tenant || shared) return provider;
    throw new SalesAgentError("config.invalid", {
      message: `search_crm was given one adapter of ${name}, which serves another tenant here; nothing was searched. Give a function of the tenant, or say shared: true where all tenants are to find what one CRM has.`,
      facts: { option: "providerCrmSearch.provider" },
      replay: "safe",
    });
  };
}

/** The surest key that the CRM can look up by. */
function lookupOf(crm: CRMProvider, query: CrmQuery): CrmLookup<"contact" | "company"> {
  const { kind, email, domain, text } = query;
  const support: CrmKindSupport | undefined = crm.capabilities.kinds[kind];
  const known = new Set(support?.lookup.map(({ by }) => by));
  if (email !== undefined && known.has("email")) return { kind, email };
  if (domain !== undefined && known.has("domain")) return { kind, domain };
  if (text !== undefined && known.has("name")) return { kind, name: text };
  const keys = [...known].map((by) => (by === "name" ? "text" : by)).join(", ");
  throw new SalesAgentError("crm.unsupported", {
    message: `${crm.provider}: a ${kind} can't be looked up by what was given. ${keys === "" ? "It looks up none." : `It looks up by ${keys}.`}`,
    facts: { crm: crm.provider, kind, operation: "lookup" },
    replay: "safe",
  });
}

function toMatch(record: CrmRecord<"contact" | "company">, crm: string, clock: Clock): CrmMatch {
  const { kind, id, url, fields, updatedAt } = record;
  const changedMs = Date.parse(updatedAt);
  const at = new Date(Number.isNaN(changedMs) ? clock.now() : changedMs).toISOString();
  const common = { id, ...(url === undefined ? {} : { url }) };
  if (kind === "contact") {
    const contact = picked<ContactFields>(fields, CONTACT_FIELDS);
    return { kind, ...common, contact: { ...contact, provenance: provenanceOf(contact, crm, at) } };
  }
  const company = picked<CompanyFields>(fields, COMPANY_FIELDS);
  return { kind, ...common, company: { ...company, provenance: provenanceOf(company, crm, at) } };
}

/** Without what a CRM has beyond a contact's or a company's own fields, such as its owner. */
function picked<Fields extends object>(all: object, names: readonly (keyof Fields & string)[]): Fields {
  const known = new Set<string>(names);
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => known.has(name) && value !== undefined),
  ) as Fields;
}

function provenanceOf<Fields extends object>(
  fields: Fields,
  source: string,
  at: string,
): FieldProvenance<Fields> {
  return Object.fromEntries(
    Object.keys(fields).map((name) => [name, { source, at }]),
  ) as FieldProvenance<Fields>;
}

/** Whether a record has all that was asked for; a name in words of it. */
function isAsked(match: CrmMatch, { kind, text, email, domain }: CrmQuery): boolean {
  if (match.kind !== kind) return false;
  const name = match.kind === "contact" ? nameOf(match.contact) : match.company.name;
  if (text !== undefined && !folded(name ?? "").includes(folded(text))) return false;
  if (match.kind === "company")
    return email === undefined && (domain === undefined || match.company.domain === domain);
  const address = match.contact.email;
  // the CRM may have found it by an address beside the first one
  return (
    domain === undefined || address === undefined || address.endsWith(`@${domain}`) || email !== undefined
  );
}

const nameOf = ({ fullName, firstName, lastName }: ContactFields): string =>
  fullName ?? [firstName, lastName].filter((part) => part !== undefined).join(" ");

const folded = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase();
