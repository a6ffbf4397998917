import type { Company } from "../records/company.js";
import type { Contact } from "../records/contact.js";
import type { TenantCall } from "./tenant-call.js";

/** What a company is known by; at least one. */
export interface CompanyHints {
  /** Registrable domain in lower case. */
  readonly domain?: string | undefined;
  readonly name?: string | undefined;
  readonly linkedinUrl?: string | undefined;
}

/** What a person is known by: an address, a profile, or a name with a company. */
export interface PersonHints {
  readonly email?: string | undefined;
  readonly linkedinUrl?: string | undefined;
  readonly fullName?: string | undefined;
  readonly domain?: string | undefined;
}

/** What a data vendor knows, in normal form, each field with its source; nothing where it knows nothing. */
export interface Enrichment<Found> {
  readonly found?: Found;
  /** What the vendor charged, in its own credits, where it tells. */
  readonly credits?: number;
}

/** A data vendor, such as Apollo. */
export interface CompanyEnricher {
  readonly port: "company-enricher/1";
  /** Such as `apollo`. */
  readonly provider: string;
  company(hints: CompanyHints, call: TenantCall): Promise<Enrichment<Company>>;
  /** Addresses that the vendor keeps locked, or did not verify, are left out. */
  person(hints: PersonHints, call: TenantCall): Promise<Enrichment<Contact>>;
}
