import type { CrmChange, CrmContactFields, CrmRecord } from "@salesagent/ports";
import { type CloseMapping, fromCustom, toCustom } from "./custom-fields.js";
import { isRecord, type JsonRecord, recordsOf, textOf, withoutGaps } from "./json-record.js";
import { changedList, EMAILS, listValues, PHONES, URLS } from "./labelled-list.js";
import { changedName, splitName } from "./person-name.js";

/** What Close has of a contact, by our names. */
export const CONTACT_FIELDS = [
  "firstName",
  "lastName",
  "fullName",
  "email",
  "otherEmails",
  "phone",
  "otherPhones",
  "title",
  "linkedinUrl",
  "timeZone",
  "optedOut",
] as const satisfies readonly (keyof CrmContactFields)[];

/** What of a contact is asked for. */
export const CONTACT_ASKED = [
  "id",
  "lead_id",
  "name",
  "title",
  "emails",
  "phones",
  "urls",
  "timezone",
  "date_created",
  "date_updated",
  "custom",
] as const;

type ContactChange = NonNullable<CrmChange<"contact">["fields"]>;

/** A contact of Close's as a record. */
export function fromContact(doc: JsonRecord, mapping: CloseMapping["contact"]): CrmRecord<"contact"> {
  const id = String(doc["id"]);
  const leadId = textOf(doc["lead_id"]);
  const createdAt = textOf(doc["date_created"]);
  return {
    kind: "contact",
    id,
    fields: contactFields(doc),
    custom: fromCustom(doc, mapping),
    links: leadId === undefined ? {} : { company: [leadId] },
    updatedAt: String(doc["date_updated"]),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(leadId === undefined ? {} : { url: `https://app.close.com/lead/${leadId}/#contact=${id}` }),
  };
}

function contactFields(doc: JsonRecord): CrmContactFields {
  const [email, ...otherEmails] = listValues(doc["emails"], EMAILS).map((value) => value.toLowerCase());
  const [phone, ...otherPhones] = listValues(doc["phones"], PHONES);
  const isOptedOut = recordsOf(doc["emails"]).some((item) => item["is_unsubscribed"] === true);
  return withoutGaps({
    ...splitName(doc["name"]),
    email,
    otherEmails: otherEmails.length === 0 ? undefined : otherEmails,
    phone,
    otherPhones: otherPhones.length === 0 ? undefined : otherPhones,
    title: textOf(doc["title"]),
    linkedinUrl: listValues(doc["urls"], URLS).find(isLinkedin),
    timeZone: textOf(doc["timezone"]),
    optedOut: email === undefined ? undefined : isOptedOut,
  });
}

/** Whether a change needs to know how the contact is now: names are one text, and lists are replaced whole. */
export function needsCurrentContact(fields: ContactChange): boolean {
  const joined: readonly (keyof ContactChange)[] = [
    "firstName",
    "lastName",
    "fullName",
    "email",
    "otherEmails",
    "phone",
    "otherPhones",
    "linkedinUrl",
  ];
  return joined.some((name) => fields[name] !== undefined);
}

/**
 * A change as Close takes it, over the contact as it is: only what differs from it.
 *
 * @param current - Empty for a new contact.
 * @throws SalesAgentError `crm.field_invalid` for a custom field that isn't mapped or is of another type.
 */
export function toContact(
  fields: ContactChange,
  custom: CrmChange["custom"],
  current: JsonRecord,
  mapping: CloseMapping["contact"],
): Record<string, unknown> {
  const { email, otherEmails, phone, otherPhones, linkedinUrl } = fields;
  const lists = withoutGaps({
    emails: isGiven(email, otherEmails)
      ? changedList(current["emails"], { first: email, others: otherEmails }, EMAILS)
      : undefined,
    phones: isGiven(phone, otherPhones)
      ? changedList(current["phones"], { first: phone, others: otherPhones }, PHONES)
      : undefined,
    urls: linkedinUrl === undefined ? undefined : changedUrls(current["urls"], linkedinUrl),
  });
  return {
    ...withoutGaps({
      name: changedName(typeof current["name"] === "string" ? current["name"] : "", fields),
      title: fields.title === null ? "" : fields.title,
      timezone: fields.timeZone,
    }),
    ...lists,
    ...toCustom("contact", custom, mapping),
  };
}

const isGiven = (...values: readonly unknown[]) => values.some((value) => value !== undefined);

/** The profile's address among the others, which stay. */
function changedUrls(current: unknown, linkedinUrl: string | null): JsonRecord[] | undefined {
  const items = Array.isArray(current) ? current.filter(isRecord) : [];
  const known = items.find((item) => isLinkedin(String(item["url"] ?? "")));
  if (known === undefined)
    return linkedinUrl === null ? undefined : [...items, { url: linkedinUrl, type: "url" }];
  if (known["url"] === linkedinUrl) return undefined;
  if (linkedinUrl === null) return items.filter((item) => item !== known);
  return items.map((item) => (item === known ? { ...item, url: linkedinUrl } : item));
}

function isLinkedin(url: string): boolean {
  return URL.canParse(url) && /(^|\.)linkedin\.com$/i.test(new URL(url).hostname);
}

/** Our name of a field that Close refused. */
export function contactFieldName(field: string): string {
  const names: Readonly<Record<string, string>> = {
    name: "fullName",
    emails: "email",
    phones: "phone",
    urls: "linkedinUrl",
    timezone: "timeZone",
    lead_id: "links.company",
  };
  return names[field] ?? field;
}
