/** The types of objects that the sandbox has. */
export type HubspotType =
  | "contacts"
  | "companies"
  | "deals"
  | "notes"
  | "tasks"
  | "calls"
  | "emails"
  | "meetings";

/** What HubSpot says of a type. */
export interface HubspotTypeFacts {
  readonly type: HubspotType;
  readonly typeId: string;
  /** As in `contact.creation`; activities have only `object.…` events. */
  readonly singular: string;
  /** As refusals name it. */
  readonly label: string;
  readonly stamp: "lastmodifieddate" | "hs_lastmodifieddate";
  readonly created: "createdate" | "hs_createdate";
  /** What an answer holds when no property is asked for. */
  readonly defaults: readonly string[];
  readonly activity: boolean;
}

const RECORD_STAMPS = ["createdate", "hs_lastmodifieddate", "hs_object_id"];

const activity = (type: HubspotType, typeId: string, singular: string): HubspotTypeFacts => ({
  type,
  typeId,
  singular,
  label: singular.charAt(0).toUpperCase() + singular.slice(1),
  stamp: "hs_lastmodifieddate",
  created: "hs_createdate",
  defaults: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
  activity: true,
});

const TYPES: Readonly<Record<HubspotType, HubspotTypeFacts>> = {
  contacts: {
    type: "contacts",
    typeId: "0-1",
    singular: "contact",
    label: "Contact",
    stamp: "lastmodifieddate",
    created: "createdate",
    defaults: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
    activity: false,
  },
  companies: {
    type: "companies",
    typeId: "0-2",
    singular: "company",
    label: "Company",
    stamp: "hs_lastmodifieddate",
    created: "createdate",
    defaults: [...RECORD_STAMPS, "domain", "name"],
    activity: false,
  },
  deals: {
    type: "deals",
    typeId: "0-3",
    singular: "deal",
    label: "Deal",
    stamp: "hs_lastmodifieddate",
    created: "createdate",
    defaults: [...RECORD_STAMPS, "amount", "closedate", "dealname", "dealstage", "pipeline"],
    activity: false,
  },
  notes: activity("notes", "0-46", "note"),
  tasks: activity("tasks", "0-27", "task"),
  calls: activity("calls", "0-48", "call"),
  emails: activity("emails", "0-49", "email"),
  meetings: activity("meetings", "0-47", "meeting"),
};

/** All types. */
export const hubspotTypes: readonly HubspotTypeFacts[] = Object.values(TYPES);

/** The facts of a type. */
export const factsOf = (type: HubspotType): HubspotTypeFacts => TYPES[type];

/** The type that a path names: `deals`, `deal` or `0-3`. */
export function typeNamed(name: string): HubspotTypeFacts | undefined {
  return hubspotTypes.find(
    ({ type, typeId, singular }) => name === type || name === typeId || name === singular,
  );
}

/** The ids that default associations have, by `from>to`; the way back has ids of its own. */
const ASSOCIATION_TYPE_IDS: Readonly<Record<string, number>> = {
  "contacts>companies": 279,
  "companies>contacts": 280,
  "deals>contacts": 3,
  "contacts>deals": 4,
  "deals>companies": 341,
  "companies>deals": 342,
  "notes>contacts": 202,
  "contacts>notes": 201,
  "notes>companies": 190,
  "notes>deals": 214,
  "tasks>contacts": 204,
  "tasks>companies": 192,
  "tasks>deals": 216,
  "calls>contacts": 194,
  "calls>companies": 182,
  "calls>deals": 206,
  "emails>contacts": 198,
  "emails>companies": 186,
  "emails>deals": 210,
  "meetings>contacts": 200,
  "meetings>companies": 188,
  "meetings>deals": 212,
};

/** The first company of a contact, and of a deal, is the primary one, which has a label of its own. */
const PRIMARY_TYPE_IDS: Readonly<Record<string, number>> = {
  "contacts>companies": 1,
  "deals>companies": 5,
};

/** The id of the plain association from one type to another; 0 where there is none. */
export const associationTypeId = (from: HubspotType, to: HubspotType): number =>
  ASSOCIATION_TYPE_IDS[`${from}>${to}`] ?? 0;

/** The id of the primary association from one type to another, where there is such. */
export const primaryTypeId = (from: HubspotType, to: HubspotType): number | undefined =>
  PRIMARY_TYPE_IDS[`${from}>${to}`];
