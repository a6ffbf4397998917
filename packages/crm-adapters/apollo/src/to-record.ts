import { type CrmChange, type CrmDraft, type JsonObject, SalesAgentError } from "@salesagent/ports";
import { fromMinor } from "./amount.js";
import { toCustom } from "./apollo-mapping.js";
import type { ApolloKind, ReadingMeans } from "./from-record.js";
import { objectOf, type Wire } from "./wire.js";

/** What Apollo takes of each kind, by our names; the rest it only tells. */
export const WRITABLE: Readonly<Record<ApolloKind, Readonly<Record<string, string>>>> = {
  contact: {
    firstName: "first_name",
    lastName: "last_name",
    email: "email",
    phone: "direct_phone",
    title: "title",
  },
  company: { name: "name", domain: "domain", phone: "phone", address: "raw_address", ownerId: "owner_id" },
  deal: {
    name: "name",
    amountMinor: "amount",
    stageId: "opportunity_stage_id",
    closeDate: "closed_date",
    ownerId: "owner_id",
  },
};

/**
 * A draft or a change as Apollo takes it: only what is named, in its words. An empty text takes a value away.
 *
 * @throws `crm.field_invalid` for an amount in another currency than the account's, or a custom value of another type than its
 *   mapping says.
 */
export function toRecord(written: CrmDraft | CrmChange, means: ReadingMeans): Wire {
  const { kind, custom, links } = written;
  if (kind === "activity") return {};
  const fields = objectOf(written.fields);
  if (kind === "deal") checkCurrency(fields["currency"], means);
  const wire: Record<string, unknown> = {};
  for (const [name, vendorName] of Object.entries(WRITABLE[kind])) {
    const value = fields[name];
    if (value !== undefined) wire[vendorName] = toVendor(name, value, means);
  }
  const typed = toCustom(means.mapping, kind, custom as JsonObject | undefined);
  if (Object.keys(typed).length > 0) wire["typed_custom_fields"] = typed;
  const company = kind === "company" ? undefined : links?.company?.[0];
  if (company !== undefined) wire["account_id"] = company;
  return wire;
}

function toVendor(name: string, value: unknown, { currency }: ReadingMeans): unknown {
  if (value === null) return "";
  return name === "amountMinor" && typeof value === "number" ? fromMinor(value, currency) : value;
}

function checkCurrency(currency: unknown, means: ReadingMeans): void {
  if (currency === undefined || currency === null || currency === means.currency) return;
  throw new SalesAgentError("crm.field_invalid", {
    message: `apollo: deals are in ${means.currency}, the account's currency. Convert the amount, or set the option currency.`,
    facts: { crm: "apollo", kind: "deal", field: "currency" },
    replay: "safe",
  });
}
