import type { CompanyFields, ContactFields } from "@salesagent/ports";

/** A column of the source that maps to no field, by its header, such as `custom.Batch`. */
export type CustomFieldPath = `custom.${string}`;

/** Where a criterion looks: a field of the company or the contact, or a column that the host kept. */
export type FieldPath = `company.${keyof CompanyFields}` | `contact.${keyof ContactFields}` | CustomFieldPath;

/** What a field holds, which decides the criteria that it fits. `identity` is only ever there or not. */
export type FieldKind = "number" | "text" | "list" | "country" | "choice" | "identity";

/** How the amounts of a numeric field are written for people. */
export type AmountUnit = "people" | "usd" | "year" | "plain";

/** What the engine knows about one field. */
export interface FieldFacts {
  readonly kind: FieldKind;
  /** How the field is called in evidence, such as `head count`. */
  readonly label: string;
  readonly unit?: AmountUnit;
  /** Of a `choice`: the values that it can take. */
  readonly choices?: readonly string[];
}

type KnownFieldPath = Exclude<FieldPath, CustomFieldPath>;

const FIELDS = {
  "company.name": { kind: "text", label: "company name" },
  "company.domain": { kind: "text", label: "domain" },
  "company.website": { kind: "text", label: "website" },
  "company.profileUrl": { kind: "identity", label: "directory page" },
  "company.linkedinUrl": { kind: "identity", label: "LinkedIn page" },
  "company.industry": { kind: "text", label: "industry" },
  "company.subIndustries": { kind: "list", label: "sub-industries" },
  "company.description": { kind: "text", label: "description" },
  "company.keywords": { kind: "list", label: "keywords" },
  "company.country": { kind: "country", label: "country" },
  "company.region": { kind: "text", label: "region" },
  "company.city": { kind: "text", label: "city" },
  "company.address": { kind: "text", label: "address" },
  "company.employees": { kind: "number", label: "head count", unit: "people" },
  "company.foundedYear": { kind: "number", label: "founding year", unit: "year" },
  "company.revenueUsd": { kind: "number", label: "revenue", unit: "usd" },
  "company.fundingUsd": { kind: "number", label: "funding", unit: "usd" },
  "company.fundingStage": { kind: "text", label: "funding stage" },
  "company.technologies": { kind: "list", label: "technologies" },
  "company.status": {
    kind: "choice",
    label: "status",
    choices: ["active", "inactive", "acquired", "public"],
  },
  "company.phone": { kind: "identity", label: "company phone" },
  "contact.firstName": { kind: "identity", label: "first name" },
  "contact.lastName": { kind: "identity", label: "last name" },
  "contact.fullName": { kind: "identity", label: "contact name" },
  "contact.email": { kind: "identity", label: "e-mail" },
  "contact.phone": { kind: "identity", label: "phone" },
  "contact.title": { kind: "text", label: "title" },
  "contact.seniority": {
    kind: "choice",
    label: "seniority",
    choices: ["owner", "executive", "director", "manager", "individual"],
  },
  "contact.department": { kind: "text", label: "department" },
  "contact.linkedinUrl": { kind: "identity", label: "contact's LinkedIn page" },
  "contact.country": { kind: "country", label: "contact's country" },
  "contact.timeZone": { kind: "text", label: "time zone" },
} as const satisfies Record<KnownFieldPath, FieldFacts>;

type PathOfKind<Kind extends FieldKind> = {
  [Path in KnownFieldPath]: (typeof FIELDS)[Path]["kind"] extends Kind ? Path : never;
}[KnownFieldPath];

/** Fields that a `range` criterion reads. */
export type AmountFieldPath = PathOfKind<"number"> | CustomFieldPath;
/** Fields that a `one-of` criterion reads. */
export type ChoiceFieldPath = PathOfKind<"text" | "list" | "country" | "choice"> | CustomFieldPath;
/** Fields that a `keywords` criterion reads. */
export type TextFieldPath = PathOfKind<"text" | "list"> | CustomFieldPath;

/** The known fields of these kinds, in the order of the records. */
export function fieldsOfKind<Kind extends FieldKind>(...kinds: readonly Kind[]): readonly PathOfKind<Kind>[] {
  const wanted = new Set<FieldKind>(kinds);
  return (Object.keys(FIELDS) as KnownFieldPath[]).filter((path): path is PathOfKind<Kind> =>
    wanted.has(FIELDS[path].kind),
  );
}

/** Facts about a field; a custom column is plain text or a plain number, called by its header. */
export function factsOfField(path: FieldPath): FieldFacts {
  if (isCustomField(path)) return { kind: "text", label: path.slice("custom.".length), unit: "plain" };
  return FIELDS[path];
}

/** Tells a custom column from a field of the records. */
const isCustomField = (path: FieldPath): path is CustomFieldPath => path.startsWith("custom.");
