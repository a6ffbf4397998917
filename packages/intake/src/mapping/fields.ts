import type { CompanyFields, ContactFields } from "@salesagent/ports";

/** A field of a lead to which a column can be mapped. */
export type FieldPath = `company.${keyof CompanyFields}` | `contact.${keyof ContactFields}`;

/** What becomes of a column: a field, kept under its header in the lead's `custom`, or left out. */
export type ColumnTarget = FieldPath | "custom" | "ignore";

/** Column headers and what becomes of them. */
export type ColumnMapping = Readonly<Record<string, ColumnTarget>>;

const COMPANY: Readonly<Record<keyof CompanyFields, true>> = {
  name: true,
  domain: true,
  website: true,
  profileUrl: true,
  linkedinUrl: true,
  industry: true,
  subIndustries: true,
  description: true,
  keywords: true,
  country: true,
  region: true,
  city: true,
  address: true,
  employees: true,
  foundedYear: true,
  revenueUsd: true,
  fundingUsd: true,
  fundingStage: true,
  technologies: true,
  status: true,
  phone: true,
};

const CONTACT: Readonly<Record<keyof ContactFields, true>> = {
  firstName: true,
  lastName: true,
  fullName: true,
  email: true,
  phone: true,
  title: true,
  seniority: true,
  department: true,
  linkedinUrl: true,
  country: true,
  timeZone: true,
};

/** Every field that a column can be mapped to. */
export const FIELD_PATHS: readonly FieldPath[] = [
  ...(Object.keys(COMPANY) as (keyof CompanyFields)[]).map((field) => `company.${field}` as const),
  ...(Object.keys(CONTACT) as (keyof ContactFields)[]).map((field) => `contact.${field}` as const),
];

/** Whether a text names what can become of a column. */
export function isColumnTarget(text: string): text is ColumnTarget {
  return text === "custom" || text === "ignore" || (FIELD_PATHS as readonly string[]).includes(text);
}

/** Fields by which a lead can be told from others; a file needs a column for one of them. */
export const IDENTIFYING_FIELDS: readonly FieldPath[] = [
  "company.name",
  "company.domain",
  "company.website",
  "company.profileUrl",
  "company.linkedinUrl",
  "contact.email",
  "contact.linkedinUrl",
];

/** A longer text is no value of a field that has a form, whatever it says. */
export const LONGEST_VALUE = 2_000;

/** Fields that hold any text, of any length. */
export const FREE_TEXT_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  "company.name",
  "company.industry",
  "company.subIndustries",
  "company.description",
  "company.keywords",
  "company.technologies",
  "company.address",
]);
