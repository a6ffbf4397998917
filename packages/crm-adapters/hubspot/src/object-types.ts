import type { CrmKind } from "@salesagent/ports";

/** HubSpot's types of objects that are kept in step. An activity is one of five. */
export type ObjectType =
  | "contacts"
  | "companies"
  | "deals"
  | "notes"
  | "tasks"
  | "calls"
  | "emails"
  | "meetings";

/** What is to be known of a type. */
export interface ObjectTypeFacts {
  readonly type: ObjectType;
  readonly typeId: string;
  readonly kind: CrmKind;
  /** As in `contact.creation`, and in front of the ids of activities. */
  readonly singular: string;
  /** The property that says when a record was changed. */
  readonly stamp: "lastmodifieddate" | "hs_lastmodifieddate";
  /** The ids of associations with records that it hangs on. */
  readonly links: { readonly [Kind in CrmKind]?: number };
}

const ACTIVITY_STAMP = "hs_lastmodifieddate";

/** The types, by their names. */
export const OBJECT_TYPES: Readonly<Record<ObjectType, ObjectTypeFacts>> = {
  contacts: {
    type: "contacts",
    typeId: "0-1",
    kind: "contact",
    singular: "contact",
    stamp: "lastmodifieddate",
    links: { company: 279 },
  },
  companies: {
    type: "companies",
    typeId: "0-2",
    kind: "company",
    singular: "company",
    stamp: "hs_lastmodifieddate",
    links: {},
  },
  deals: {
    type: "deals",
    typeId: "0-3",
    kind: "deal",
    singular: "deal",
    stamp: "hs_lastmodifieddate",
    links: { company: 341, contact: 3 },
  },
  notes: activity("notes", "0-46", "note", { contact: 202, company: 190, deal: 214 }),
  tasks: activity("tasks", "0-27", "task", { contact: 204, company: 192, deal: 216 }),
  calls: activity("calls", "0-48", "call", { contact: 194, company: 182, deal: 206 }),
  emails: activity("emails", "0-49", "email", { contact: 198, company: 186, deal: 210 }),
  meetings: activity("meetings", "0-47", "meeting", { contact: 200, company: 188, deal: 212 }),
};

function activity(
  type: ObjectType,
  typeId: string,
  singular: string,
  links: ObjectTypeFacts["links"],
): ObjectTypeFacts {
  return { type, typeId, kind: "activity", singular, stamp: ACTIVITY_STAMP, links };
}

/** The types that make up a kind. */
export const TYPES_OF_KIND: { readonly [Kind in CrmKind]: readonly ObjectType[] } = {
  contact: ["contacts"],
  company: ["companies"],
  deal: ["deals"],
  activity: ["notes", "tasks", "calls", "emails", "meetings"],
};

/** The type that the records of a kind which others hang on have. */
export const LINKED_TYPE: { readonly [Kind in CrmKind]: ObjectType } = {
  contact: "contacts",
  company: "companies",
  deal: "deals",
  activity: "notes",
};

/** A record's place in HubSpot, whose ids are unique in a type only. */
export interface ObjectAddress {
  readonly type: ObjectType;
  readonly id: string;
}

const ALL = Object.values(OBJECT_TYPES);

/** The type of a `0-1`, if it's one of ours. */
export const typeOfId = (typeId: string): ObjectTypeFacts | undefined =>
  ALL.find((facts) => facts.typeId === typeId);

/** The type of a `contact`, if it's one of ours. */
export const typeOfSingular = (name: string): ObjectTypeFacts | undefined =>
  ALL.find((facts) => facts.singular === name);

/** The id that a record has towards the outside: HubSpot's own, with the type in front where a kind has several. */
export function toRecordId(type: ObjectType, id: string): string {
  const { kind, singular } = OBJECT_TYPES[type];
  return kind === "activity" ? `${singular}-${id}` : id;
}

/** Where a record is; undefined for what can't be an id. */
export function addressOf(kind: CrmKind, recordId: string): ObjectAddress | undefined {
  if (kind !== "activity") {
    const [type] = TYPES_OF_KIND[kind];
    return type !== undefined && /^\d{1,19}$/.test(recordId) ? { type, id: recordId } : undefined;
  }
  const parts = /^([a-z]+)-(\d{1,19})$/.exec(recordId);
  const facts = typeOfSingular(parts?.[1] ?? "");
  const id = parts?.[2];
  return facts?.kind === "activity" && id !== undefined ? { type: facts.type, id } : undefined;
}
