import type { JsonValue } from "@salesagent/ports";
import { toMajorText, toMinorUnits } from "./currency.js";
import type { ObjectType } from "./object-types.js";
import { dayOf, instantText, isDay, type PropertyTexts, phoneOf } from "./property-values.js";

/** What the reading and writing of a value may need to know. */
export interface ValueContext {
  /** Of the deal, or of the account. */
  readonly currency: string;
}

/** How one of our fields stands in HubSpot. */
export interface FieldBinding {
  readonly field: string;
  /** What it's read from. The first one is what it's written to. */
  readonly properties: readonly [string, ...string[]];
  read(texts: PropertyTexts, context: ValueContext): JsonValue | undefined;
  /** The property's text; undefined for a value that can't be. Absent where HubSpot takes none. */
  write?(value: JsonValue, context: ValueContext): string | undefined;
}

/** A text that is kept as it is. */
export function textField(field: string, property: string): FieldBinding {
  return {
    field,
    properties: [property],
    read: (texts) => texts[property] || undefined,
    write: (value) => (typeof value === "string" ? value : undefined),
  };
}

const lowerText = (field: string, property: string): FieldBinding => ({
  ...textField(field, property),
  read: (texts) => texts[property]?.trim().toLowerCase() || undefined,
});

const phoneField = (field: string, property: string): FieldBinding => ({
  ...textField(field, property),
  read: (texts) => (texts[property] ? phoneOf(texts[property]) : undefined),
});

const told = (
  field: string,
  properties: FieldBinding["properties"],
  read: FieldBinding["read"],
): FieldBinding => ({ field, properties, read });

const owner = textField("ownerId", "hubspot_owner_id");

const CONTACT: readonly FieldBinding[] = [
  textField("firstName", "firstname"),
  textField("lastName", "lastname"),
  lowerText("email", "email"),
  told("otherEmails", ["hs_additional_emails"], ({ hs_additional_emails: texts }) =>
    texts
      ? texts
          .toLowerCase()
          .split(";")
          .filter((text) => text !== "")
      : undefined,
  ),
  phoneField("phone", "phone"),
  told("otherPhones", ["mobilephone"], ({ mobilephone }) =>
    mobilephone ? [phoneOf(mobilephone)] : undefined,
  ),
  textField("title", "jobtitle"),
  textField("linkedinUrl", "hs_linkedin_url"),
  told("country", ["hs_country_region_code"], ({ hs_country_region_code: code }) => countryOf(code)),
  told("optedOut", ["hs_email_optout"], ({ hs_email_optout: text }) => (text ? text === "true" : undefined)),
  owner,
];

const COMPANY: readonly FieldBinding[] = [
  textField("name", "name"),
  lowerText("domain", "domain"),
  textField("website", "website"),
  textField("linkedinUrl", "linkedin_company_page"),
  told("industry", ["industry"], ({ industry }) => industry || undefined),
  textField("description", "description"),
  told("country", ["hs_country_code"], ({ hs_country_code: code }) => countryOf(code)),
  textField("region", "state"),
  textField("city", "city"),
  textField("address", "address"),
  told("employees", ["numberofemployees"], ({ numberofemployees: text }) => {
    const count = Number(text);
    return text && Number.isFinite(count) ? { min: count, max: count } : undefined;
  }),
  {
    field: "foundedYear",
    properties: ["founded_year"],
    read: ({ founded_year: text }) => (text && /^\d{4}$/.test(text) ? Number(text) : undefined),
    write: (value) => (typeof value === "number" && Number.isInteger(value) ? String(value) : undefined),
  },
  phoneField("phone", "phone"),
  owner,
];

const DEAL: readonly FieldBinding[] = [
  textField("name", "dealname"),
  {
    field: "amountMinor",
    properties: ["amount"],
    read: ({ amount }, { currency }) => (amount ? toMinorUnits(amount, currency) : undefined),
    write: (value, { currency }) =>
      typeof value === "number" && Number.isSafeInteger(value) ? toMajorText(value, currency) : undefined,
  },
  {
    field: "currency",
    properties: ["deal_currency_code"],
    read: ({ amount, deal_currency_code: code }, { currency }) => (code || amount ? currency : undefined),
    write: (value) => (typeof value === "string" && /^[A-Z]{3}$/.test(value) ? value : undefined),
  },
  textField("pipelineId", "pipeline"),
  textField("stageId", "dealstage"),
  told("status", ["hs_is_closed_won", "hs_is_closed"], (texts) => {
    if (texts["hs_is_closed_won"] === "true") return "won";
    if (texts["hs_is_closed"] === "true") return "lost";
    return texts["hs_is_closed"] === "false" ? "open" : undefined;
  }),
  told("probability", ["hs_deal_stage_probability"], ({ hs_deal_stage_probability: text }) => {
    const share = Number(text);
    return text && Number.isFinite(share) ? Math.round(share * 100) : undefined;
  }),
  {
    field: "closeDate",
    properties: ["closedate"],
    read: ({ closedate }) => (closedate ? dayOf(closedate) : undefined),
    write: (value) => (typeof value === "string" && isDay(value) ? `${value}T00:00:00.000Z` : undefined),
  },
  owner,
];

const instantField = (field: string, property: string): FieldBinding => ({
  field,
  properties: [property],
  read: (texts) => (texts[property] ? instantText(texts[property]) : undefined),
  write: (value) => (typeof value === "string" ? instantText(value) : undefined),
});

/** A choice between texts of ours and of HubSpot. What we have no word for is not known. */
const choiceField = (
  field: string,
  property: string,
  words: Readonly<Record<string, string>>,
): FieldBinding => ({
  field,
  properties: [property],
  read: (texts) => Object.entries(words).find(([, theirs]) => theirs === texts[property])?.[0],
  write: (value) => (typeof value === "string" ? words[value] : undefined),
});

const doneField: FieldBinding = {
  field: "done",
  properties: ["hs_task_status"],
  read: ({ hs_task_status: status }) => (status ? status === "COMPLETED" : undefined),
  write: (value) => (typeof value === "boolean" ? (value ? "COMPLETED" : "NOT_STARTED") : undefined),
};

/** The fields of each type. Read-only ones are those without `write`. */
export const FIELD_BINDINGS: Readonly<Record<ObjectType, readonly FieldBinding[]>> = {
  contacts: CONTACT,
  companies: COMPANY,
  deals: DEAL,
  notes: [textField("body", "hs_note_body"), instantField("at", "hs_timestamp"), owner],
  tasks: [
    textField("subject", "hs_task_subject"),
    textField("body", "hs_task_body"),
    instantField("dueAt", "hs_timestamp"),
    doneField,
    owner,
  ],
  calls: [
    textField("subject", "hs_call_title"),
    textField("body", "hs_call_body"),
    instantField("at", "hs_timestamp"),
    choiceField("direction", "hs_call_direction", { in: "INBOUND", out: "OUTBOUND" }),
    owner,
  ],
  emails: [
    textField("subject", "hs_email_subject"),
    textField("body", "hs_email_text"),
    instantField("at", "hs_timestamp"),
    choiceField("direction", "hs_email_direction", { in: "INCOMING_EMAIL", out: "EMAIL" }),
    owner,
  ],
  meetings: [
    textField("subject", "hs_meeting_title"),
    textField("body", "hs_meeting_body"),
    instantField("at", "hs_timestamp"),
    owner,
  ],
};

function countryOf(code: string | null | undefined): string | undefined {
  return code && /^[a-z]{2}$/i.test(code) ? code.toUpperCase() : undefined;
}
