import { type HubspotType, hubspotTypes } from "./object-types.js";

/** A property as HubSpot describes it. */
export interface HubspotProperty {
  readonly name: string;
  readonly label: string;
  readonly type: "string" | "number" | "bool" | "date" | "datetime" | "enumeration";
  readonly fieldType: string;
  readonly options?: readonly string[];
  readonly hasUniqueValue?: boolean;
  readonly readOnly?: boolean;
  readonly hidden?: boolean;
}

/** What a host adds to the properties of a type. */
export interface HubspotPropertyDefinition {
  readonly name: string;
  readonly label?: string;
  /** @defaultValue "string" */
  readonly type?: HubspotProperty["type"];
  readonly options?: readonly string[];
  /** @defaultValue false */
  readonly unique?: boolean;
  /** @defaultValue false */
  readonly readOnly?: boolean;
}

const FIELD_TYPES: Readonly<Record<HubspotProperty["type"], string>> = {
  string: "text",
  number: "number",
  bool: "booleancheckbox",
  date: "date",
  datetime: "date",
  enumeration: "select",
};

/** A definition made whole. */
export function propertyOf(definition: HubspotPropertyDefinition): HubspotProperty {
  const { name, type = "string", options, unique, readOnly } = definition;
  return {
    name,
    label: definition.label ?? name,
    type,
    fieldType: FIELD_TYPES[type],
    ...(type === "bool" ? { options: ["true", "false"] } : options === undefined ? {} : { options }),
    ...(unique ? { hasUniqueValue: true } : {}),
    ...(readOnly ? { readOnly: true } : {}),
  };
}

/** Names by type; a `!` after a name says that HubSpot alone writes it. */
const NAMES: Readonly<Record<HubspotType, Partial<Record<HubspotProperty["type"], string>>>> = {
  contacts: {
    string:
      "email firstname lastname phone mobilephone jobtitle company website address city state zip country hs_linkedin_url " +
      "hs_country_region_code! hs_additional_emails! hs_merged_object_ids! hs_calculated_merged_vids! hubspot_owner_id",
    bool: "hs_email_optout!",
    datetime: "createdate! lastmodifieddate!",
    number: "hs_object_id!",
  },
  companies: {
    string:
      "name domain website phone description address city state zip country founded_year linkedin_company_page " +
      "hs_merged_object_ids! hubspot_owner_id hs_country_code!",
    number: "numberofemployees annualrevenue hs_object_id!",
    datetime: "createdate! hs_lastmodifieddate!",
  },
  deals: {
    string:
      "dealname pipeline dealstage deal_currency_code description hs_merged_object_ids! hubspot_owner_id",
    number: "amount hs_object_id! hs_deal_stage_probability!",
    bool: "hs_is_closed! hs_is_closed_won!",
    datetime: "createdate! hs_lastmodifieddate! closedate",
  },
  notes: { string: "hs_note_body" },
  tasks: { string: "hs_task_subject hs_task_body" },
  calls: { string: "hs_call_title hs_call_body" },
  emails: { string: "hs_email_subject hs_email_text hs_email_headers" },
  meetings: {
    string: "hs_meeting_title hs_meeting_body",
    datetime: "hs_meeting_start_time hs_meeting_end_time",
  },
};

const CHOICES: Partial<Record<HubspotType, Readonly<Record<string, readonly string[]>>>> = {
  contacts: { lifecyclestage: ["subscriber", "lead", "opportunity", "customer"] },
  companies: { industry: ["COMPUTER_SOFTWARE", "FINANCIAL_SERVICES", "RETAIL", "HOSPITAL_HEALTH_CARE"] },
  tasks: {
    hs_task_status: ["NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"],
    hs_task_priority: ["LOW", "MEDIUM", "HIGH"],
    hs_task_type: ["TODO", "CALL", "EMAIL"],
  },
  calls: {
    hs_call_direction: ["INBOUND", "OUTBOUND"],
    hs_call_status: ["COMPLETED", "NO_ANSWER", "BUSY", "FAILED"],
  },
  emails: {
    hs_email_direction: ["EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"],
    hs_email_status: ["SENT", "SENDING", "SCHEDULED", "FAILED", "BOUNCED"],
  },
};

/** The properties that every account has, by type and name. */
export function defaultProperties(): Map<HubspotType, Map<string, HubspotProperty>> {
  return new Map(
    hubspotTypes.map(({ type, activity }) => {
      const properties = [...namedProperties(type), ...(activity ? activityProperties() : [])];
      for (const [name, options] of Object.entries(CHOICES[type] ?? {})) {
        properties.push(propertyOf({ name, type: "enumeration", options }));
      }
      return [type, new Map(properties.map((property) => [property.name, property]))];
    }),
  );
}

function namedProperties(type: HubspotType): HubspotProperty[] {
  return Object.entries(NAMES[type]).flatMap(([valueType, names]) =>
    names.split(" ").map((text) => {
      const name = text.replace("!", "");
      return propertyOf({
        name,
        type: valueType as HubspotProperty["type"],
        unique: type === "contacts" && name === "email",
        readOnly: text.endsWith("!"),
      });
    }),
  );
}

function activityProperties(): HubspotProperty[] {
  return [
    propertyOf({ name: "hs_timestamp", type: "datetime" }),
    propertyOf({ name: "hubspot_owner_id" }),
    propertyOf({ name: "hs_createdate", type: "datetime", readOnly: true }),
    propertyOf({ name: "hs_lastmodifieddate", type: "datetime", readOnly: true }),
    propertyOf({ name: "hs_object_id", type: "number", readOnly: true }),
    propertyOf({ name: "hs_merged_object_ids", readOnly: true }),
  ];
}
