import type { Company, Contact, TenantCall } from "@salesagent/ports";

export type { TenantCall } from "@salesagent/ports";

/** What is looked for in a CRM. At least one of `text`, `email` and `domain` is given. */
export interface CrmQuery {
  readonly kind: "contact" | "company";
  /** A name, or words of one. */
  readonly text?: string | undefined;
  readonly email?: string | undefined;
  readonly domain?: string | undefined;
  readonly maxResults: number;
}

/** A record of the CRM, in normal form. */
export type CrmMatch =
  | { readonly kind: "contact"; readonly id: string; readonly contact: Contact; readonly url?: string }
  | { readonly kind: "company"; readonly id: string; readonly company: Company; readonly url?: string };

/** What finds records in a tenant's CRM. */
export interface CrmSearch {
  readonly port: "crm-search/1";
  /** Such as `close`. */
  readonly provider: string;
  search(query: CrmQuery, call: TenantCall): Promise<readonly CrmMatch[]>;
}
