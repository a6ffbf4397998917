import type { CrmChange, CrmCompanyFields, CrmRecord } from "@salesagent/ports";
import { type CloseMapping, fromCustom, toCustom } from "./custom-fields.js";
import { type JsonRecord, recordsOf, textOf, withoutGaps } from "./json-record.js";

/** What Close has of a lead, by our names. */
export const COMPANY_FIELDS = [
  "name",
  "website",
  "domain",
  "description",
  "country",
  "region",
  "city",
  "address",
] as const satisfies readonly (keyof CrmCompanyFields)[];

/** What of a lead is asked for: its children would make it large. */
export const COMPANY_ASKED = [
  "id",
  "name",
  "url",
  "description",
  "addresses",
  "html_url",
  "date_created",
  "date_updated",
  "custom",
] as const;

type CompanyChange = NonNullable<CrmChange<"company">["fields"]>;

const ADDRESS_PARTS = {
  address: "address_1",
  city: "city",
  region: "state",
  country: "country",
} as const;

/** A lead of Close's as a record. */
export function fromLead(doc: JsonRecord, mapping: CloseMapping["company"]): CrmRecord<"company"> {
  const createdAt = textOf(doc["date_created"]);
  const id = String(doc["id"]);
  return {
    kind: "company",
    id,
    fields: companyFields(doc),
    custom: fromCustom(doc, mapping),
    links: {},
    updatedAt: String(doc["date_updated"]),
    ...(createdAt === undefined ? {} : { createdAt }),
    url: textOf(doc["html_url"]) ?? `https://app.close.com/lead/${id}/`,
  };
}

function companyFields(doc: JsonRecord): CrmCompanyFields {
  const website = textOf(doc["url"]);
  const [address = {}] = recordsOf(doc["addresses"]);
  const country = textOf(address[ADDRESS_PARTS.country])?.toUpperCase();
  return withoutGaps({
    name: textOf(doc["name"]),
    website,
    domain: domainOf(website),
    description: textOf(doc["description"]),
    country: country !== undefined && /^[A-Z]{2}$/.test(country) ? country : undefined,
    region: textOf(address[ADDRESS_PARTS.region]),
    city: textOf(address[ADDRESS_PARTS.city]),
    address: textOf(address[ADDRESS_PARTS.address]),
  });
}

/** The host of a site's address, in lower case and without `www.`. */
function domainOf(website: string | undefined): string | undefined {
  if (website === undefined) return undefined;
  const url = /^[a-z]+:\/\//i.test(website) ? website : `https://${website}`;
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/^www\./, "") : undefined;
}

/** Whether a change needs to know how the lead is now. */
export function needsCurrentCompany(fields: CompanyChange): boolean {
  return (
    (fields.domain !== undefined && fields.website === undefined) ||
    Object.keys(ADDRESS_PARTS).some((name) => fields[name as keyof CompanyChange] !== undefined)
  );
}

/**
 * A change as Close takes it, over the lead as it is: only what differs from it.
 *
 * @param current - Empty for a new lead.
 * @throws SalesAgentError `crm.field_invalid` for a custom field that isn't mapped or is of another type.
 */
export function toLead(
  fields: CompanyChange,
  custom: CrmChange["custom"],
  current: JsonRecord,
  mapping: CloseMapping["company"],
): Record<string, unknown> {
  return {
    ...withoutGaps({
      name: fields.name === null ? "" : fields.name,
      url: changedUrl(fields, textOf(current["url"])),
      description: fields.description === null ? "" : fields.description,
      addresses: changedAddresses(fields, current["addresses"]),
    }),
    ...toCustom("company", custom, mapping),
  };
}

/** A domain alone changes the site's address only where that is another's. */
function changedUrl(
  { website, domain }: CompanyChange,
  current: string | undefined,
): string | null | undefined {
  if (website !== undefined && (website !== null || domain === undefined)) return website;
  if (domain === undefined) return undefined;
  if (domain === null) return current === undefined ? undefined : null;
  return domainOf(current) === domain ? undefined : `https://${domain}`;
}

/** The first address with the parts changed; the others stay. */
function changedAddresses(fields: CompanyChange, current: unknown): JsonRecord[] | undefined {
  const [first = { label: "business" }, ...others] = recordsOf(current);
  const parts = Object.entries(ADDRESS_PARTS).flatMap(([ours, theirs]) => {
    const value = fields[ours as keyof typeof ADDRESS_PARTS];
    return value === undefined || (value ?? "") === (first[theirs] ?? "")
      ? []
      : [[theirs, value ?? ""] as const];
  });
  return parts.length === 0 ? undefined : [{ ...first, ...Object.fromEntries(parts) }, ...others];
}

/** Our name of a field that Close refused. */
export function companyFieldName(field: string): string {
  const names: Readonly<Record<string, string>> = { url: "website", addresses: "address" };
  return names[field] ?? field;
}
