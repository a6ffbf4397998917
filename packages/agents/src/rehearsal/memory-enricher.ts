import type { Company, Contact } from "@salesagent/ports";
import type { CompanyEnricher } from "../ports/company-enricher.js";

/** A data vendor in memory, for tests and rehearsals. What is found costs one credit. */
export function memoryEnricher(known: {
  readonly companies?: readonly Company[];
  /** A person is at a company when its address ends in the company's domain. */
  readonly contacts?: readonly Contact[];
}): CompanyEnricher {
  const { companies = [], contacts = [] } = known;
  return {
    port: "company-enricher/1",
    provider: "memory",
    company: async ({ domain, name, linkedinUrl }, { signal }) => {
      signal?.throwIfAborted();
      return toEnrichment(
        companies.find(
          (company) =>
            (domain !== undefined && company.domain === domain) ||
            (linkedinUrl !== undefined && company.linkedinUrl === linkedinUrl) ||
            (name !== undefined && isSameName(company.name, name)),
        ),
      );
    },
    person: async ({ email, linkedinUrl, fullName, domain }, { signal }) => {
      signal?.throwIfAborted();
      return toEnrichment(
        contacts.find(
          (contact) =>
            (email !== undefined && contact.email === email) ||
            (linkedinUrl !== undefined && contact.linkedinUrl === linkedinUrl) ||
            (fullName !== undefined &&
              domain !== undefined &&
              isSameName(contact.fullName, fullName) &&
              contact.email?.endsWith(`@${domain}`) === true),
        ),
      );
    },
  };
}

function toEnrichment<Found>(found: Found | undefined) {
  return found === undefined ? { credits: 0 } : { found, credits: 1 };
}

function isSameName(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
