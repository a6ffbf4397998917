import type { CrmMatch, CrmQuery, CrmSearch } from "../ports/crm-search.js";

/** A CRM in memory, for tests and rehearsals. Every tenant sees the same records unless they are given by tenant. */
export function memoryCrmSearch(
  records: readonly CrmMatch[] | Readonly<Record<string, readonly CrmMatch[]>>,
): CrmSearch {
  const recordsOf = (tenant: string) => (isList(records) ? records : (records[tenant] ?? []));
  return {
    port: "crm-search/1",
    provider: "memory",
    search: async (query, { tenant, signal }) => {
      signal?.throwIfAborted();
      return recordsOf(tenant)
        .filter((match) => isMatch(match, query))
        .slice(0, query.maxResults);
    },
  };
}

function isList<T>(value: readonly T[] | Readonly<Record<string, readonly T[]>>): value is readonly T[] {
  return Array.isArray(value);
}

function isMatch(match: CrmMatch, { kind, text, email, domain }: CrmQuery): boolean {
  if (match.kind !== kind) return false;
  const named = match.kind === "contact" ? match.contact.fullName : match.company.name;
  if (text !== undefined && !named?.toLowerCase().includes(text.toLowerCase())) return false;
  if (match.kind === "contact") {
    const address = match.contact.email;
    return (
      (email === undefined || address === email) &&
      (domain === undefined || address?.endsWith(`@${domain}`) === true)
    );
  }
  return email === undefined && (domain === undefined || match.company.domain === domain);
}
