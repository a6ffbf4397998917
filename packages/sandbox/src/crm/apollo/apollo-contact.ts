import type { JsonValue } from "@salesagent/ports";
import { isRecord } from "../shared/index.js";
import { textOf } from "./apollo-people.js";
import type { ApolloFields, ApolloRow } from "./apollo-row.js";

/** Numbers by the field that takes them, and the type under which they are told. */
const PHONES: Readonly<Record<string, string>> = {
  direct_phone: "work_direct",
  corporate_phone: "work_hq",
  mobile_phone: "mobile",
  home_phone: "home",
  other_phone: "other",
};

/** Fields that are kept as they come. */
const PLAIN = [
  "first_name",
  "last_name",
  "title",
  "email",
  "organization_name",
  "account_id",
  "owner_id",
  "contact_stage_id",
  "website_url",
  "present_raw_address",
  "person_id",
  "linkedin_url",
  "salesforce_id",
  "hubspot_vid",
  "crm_id",
] as const;

const EMPTY: ApolloFields = {
  first_name: null,
  last_name: null,
  title: null,
  email: null,
  email_status: null,
  contact_emails: [],
  phone_numbers: [],
  organization_name: null,
  account_id: null,
  owner_id: null,
  contact_stage_id: null,
  label_ids: [],
  typed_custom_fields: {},
  linkedin_url: null,
  person_id: null,
};

/** What a request makes of a contact, or of none yet. What is sent overwrites; an empty value clears; the rest stays. */
export function contactFields(body: Readonly<Record<string, unknown>>, before?: ApolloRow): ApolloFields {
  const fields: Record<string, JsonValue> = before === undefined ? { ...EMPTY } : {};
  for (const name of PLAIN) if (name in body) fields[name] = textOf(body[name] as JsonValue) ?? null;
  if ("name" in body && !("first_name" in body)) Object.assign(fields, splitName(String(body["name"])));
  if (before === undefined && fields["email"] !== null) fields["email_status"] = "user_managed";
  if ("email" in body)
    fields["contact_emails"] = withFirst(before?.["contact_emails"], fields["email"] ?? null);
  if (Object.keys(PHONES).some((name) => name in body)) {
    fields["phone_numbers"] = phonesWith(before?.["phone_numbers"], body);
  }
  if (isRecord(body["typed_custom_fields"])) {
    const stood = before?.["typed_custom_fields"];
    fields["typed_custom_fields"] = cleared({
      ...(isRecord(stood) ? stood : {}),
      ...body["typed_custom_fields"],
    });
  }
  const named = { ...(before ?? EMPTY), ...fields };
  fields["name"] = [named["first_name"], named["last_name"]].flatMap((part) => textOf(part) ?? []).join(" ");
  return fields;
}

/** Without what is empty. */
function cleared(custom: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(custom).filter(([, value]) => value !== null && value !== ""),
  ) as Record<string, JsonValue>;
}

function splitName(name: string): ApolloFields {
  const [first = "", ...rest] = name.trim().split(/\s+/);
  return { first_name: first, last_name: rest.join(" ") || null };
}

function withFirst(before: JsonValue | undefined, email: JsonValue): JsonValue {
  const others = addressesIn(before).slice(1);
  const all = [...(typeof email === "string" ? [email] : []), ...others];
  return [...new Set(all)].map((address, position) => ({ email: address, position }));
}

/** The addresses of a contact, the first one foremost. */
export function addressesIn(emails: JsonValue | undefined): readonly string[] {
  return (Array.isArray(emails) ? emails : []).flatMap((one: unknown) =>
    isRecord(one) && typeof one["email"] === "string" ? [one["email"]] : [],
  );
}

function phonesWith(before: JsonValue | undefined, body: Readonly<Record<string, unknown>>): JsonValue {
  const stood = (Array.isArray(before) ? before : []).filter(isRecord) as Record<string, JsonValue>[];
  const numbers = new Map(stood.map((phone) => [String(phone["type"]), phone]));
  for (const [name, type] of Object.entries(PHONES)) {
    if (!(name in body)) continue;
    const raw = textOf(body[name] as JsonValue);
    if (raw === undefined) numbers.delete(type);
    else numbers.set(type, { raw_number: raw, sanitized_number: sanitized(raw), type });
  }
  // the direct number is the primary one
  const order = Object.values(PHONES);
  const rank = (phone: Record<string, JsonValue>) => order.indexOf(String(phone["type"]));
  return [...numbers.values()]
    .sort((a, b) => rank(a) - rank(b))
    .map((phone, position) => ({ ...phone, position }));
}

/** As E.164 where the number says its country, or is an American one. */
export function sanitized(raw: string): string | null {
  const digits = raw.replace(/\D/g, "");
  if (raw.trim().startsWith("+")) return `+${digits}`;
  return digits.length === 10 ? `+1${digits}` : null;
}

/** The contact that one is taken for: by id, CRM ids, person, any address, then name and company. */
export function findExisting(
  contacts: readonly ApolloRow[],
  body: Readonly<Record<string, unknown>>,
): ApolloRow | undefined {
  const fields = contactFields(body);
  const same = (name: string) => (row: ApolloRow) => fields[name] != null && row[name] === fields[name];
  const email = textOf(fields["email"])?.toLowerCase();
  const rules: readonly ((row: ApolloRow) => boolean)[] = [
    (row) => row.id === body["id"],
    same("salesforce_id"),
    same("hubspot_vid"),
    same("crm_id"),
    same("person_id"),
    (row) =>
      email !== undefined && addressesIn(row["contact_emails"]).some((one) => one.toLowerCase() === email),
    (row) =>
      fields["name"] !== "" &&
      textOf(fields["organization_name"]) !== undefined &&
      row["name"] === fields["name"] &&
      row["organization_name"] === fields["organization_name"],
  ];
  for (const rule of rules) {
    const found = contacts.find(rule);
    if (found !== undefined) return found;
  }
  return undefined;
}
