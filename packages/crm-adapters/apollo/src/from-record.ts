import type {
  CrmCompanyFields,
  CrmContactFields,
  CrmDealFields,
  CrmFields,
  CrmKind,
  CrmRecord,
} from "@salesagent/ports";
import { toMinor } from "./amount.js";
import { type ApolloMapping, fromCustom } from "./apollo-mapping.js";
import { isPlaceholder } from "./email-policy.js";
import { normalLinkedinUrl } from "./linkedin-url.js";
import { known, numberOf, rowsOf, textOf, type Wire } from "./wire.js";

/** Kinds that Apollo keeps as records of the team. */
export type ApolloKind = "contact" | "company" | "deal";

/** What is needed to read records. */
export interface ReadingMeans {
  readonly mapping: ApolloMapping;
  /** ISO 4217: Apollo's deals have no currency of their own. */
  readonly currency: string;
}

/** A record of Apollo in our words; undefined where it has no id. */
export function fromRecord<Kind extends CrmKind>(
  kind: Kind,
  wire: Wire,
  means: ReadingMeans,
): CrmRecord<Kind> | undefined {
  const id = textOf(wire["id"]);
  if (id === undefined || kind === "activity") return undefined;
  const createdAt = textOf(wire["created_at"]);
  const accountId = textOf(wire["account_id"]);
  const mergedIds = kind === "contact" ? rowsOfTexts(wire["merged_contact_ids"]) : [];
  return {
    kind,
    id,
    fields: fieldsOf(kind, wire, means) as CrmFields[Kind],
    custom: fromCustom(means.mapping, kind, wire["typed_custom_fields"]),
    links: kind !== "company" && accountId !== undefined ? { company: [accountId] } : {},
    // accounts do not always tell when they changed
    updatedAt: textOf(wire["updated_at"]) ?? createdAt ?? "",
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(mergedIds.length === 0 ? {} : { mergedIds }),
    url: `https://app.apollo.io/#/${PAGES[kind as ApolloKind]}/${id}`,
  };
}

const PAGES: Readonly<Record<ApolloKind, string>> = {
  contact: "contacts",
  company: "accounts",
  deal: "deals",
};

const rowsOfTexts = (value: unknown) =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

function fieldsOf(kind: CrmKind, wire: Wire, means: ReadingMeans): CrmFields[CrmKind] {
  if (kind === "contact") return contactFields(wire);
  return kind === "company" ? companyFields(wire) : dealFields(wire, means.currency);
}

function contactFields(wire: Wire): CrmContactFields {
  const [email, ...otherEmails] = emailsOf(wire);
  const [phone, ...otherPhones] = phonesOf(wire);
  return known({
    firstName: textOf(wire["first_name"]),
    lastName: textOf(wire["last_name"]),
    fullName: textOf(wire["name"]),
    email,
    otherEmails: otherEmails.length === 0 ? undefined : otherEmails,
    phone,
    otherPhones: otherPhones.length === 0 ? undefined : otherPhones,
    title: textOf(wire["title"]),
    linkedinUrl: normalLinkedinUrl(textOf(wire["linkedin_url"])),
    ownerId: textOf(wire["owner_id"]),
    optedOut: wire["email_unsubscribed"] === true ? true : undefined,
  });
}

/** The first address foremost; made-up ones are none. */
function emailsOf(wire: Wire): readonly string[] {
  const listed = rowsOf(wire["contact_emails"])
    .toSorted((a, b) => (numberOf(a["position"]) ?? 0) - (numberOf(b["position"]) ?? 0))
    .flatMap((one) => textOf(one["email"]) ?? []);
  const first = textOf(wire["email"]);
  const all = [...(first === undefined ? [] : [first]), ...listed];
  return [...new Set(all.filter((one) => !isPlaceholder(one)).map((one) => one.toLowerCase()))];
}

/** Those that are E.164: a number without its country is nobody's normal form. */
function phonesOf(wire: Wire): readonly string[] {
  const numbers = rowsOf(wire["phone_numbers"])
    .toSorted((a, b) => (numberOf(a["position"]) ?? 0) - (numberOf(b["position"]) ?? 0))
    .flatMap((one) => textOf(one["sanitized_number"]) ?? textOf(one["raw_number"]) ?? []);
  const plain = textOf(wire["sanitized_phone"]);
  const all = numbers.length > 0 || plain === undefined ? numbers : [plain];
  return [...new Set(all.flatMap((one) => e164(one) ?? []))];
}

/** A number that begins with its country. */
export function e164(text: string | undefined): string | undefined {
  const digits = text?.replace(/[\s().-]/g, "") ?? "";
  return /^\+\d{8,15}$/.test(digits) ? digits : undefined;
}

function companyFields(wire: Wire): CrmCompanyFields {
  return known({
    name: textOf(wire["name"]),
    domain: textOf(wire["domain"])
      ?.toLowerCase()
      .replace(/^www\./, ""),
    phone: e164(textOf(wire["sanitized_phone"]) ?? textOf(wire["phone"])),
    address: textOf(wire["raw_address"]),
    linkedinUrl: normalLinkedinUrl(textOf(wire["linkedin_url"])),
    ownerId: textOf(wire["owner_id"]),
  });
}

function dealFields(wire: Wire, currency: string): CrmDealFields {
  const amountMinor = toMinor(wire["amount"], currency);
  return known({
    name: textOf(wire["name"]),
    amountMinor,
    currency: amountMinor === undefined ? undefined : currency,
    stageId: textOf(wire["opportunity_stage_id"]),
    closeDate: /^\d{4}-\d\d-\d\d/.exec(textOf(wire["closed_date"]) ?? "")?.[0],
    ownerId: textOf(wire["owner_id"]),
  });
}
