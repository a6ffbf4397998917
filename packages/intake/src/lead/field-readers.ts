import type { CompanyFields, ContactFields } from "@salesagent/ports";
import type { FieldPath } from "../mapping/fields.js";
import { singleLine } from "../normalise/clean-cell.js";
import { normaliseCompanyStatus } from "../normalise/company-status.js";
import { normaliseCountry } from "../normalise/country.js";
import { normaliseEmail } from "../normalise/email.js";
import { normaliseEmployees } from "../normalise/employees.js";
import { normaliseFoundedYear } from "../normalise/founded-year.js";
import { departmentOfTitle, normaliseSeniority, seniorityOfTitle } from "../normalise/job-title.js";
import { normaliseList } from "../normalise/list.js";
import { normaliseUsd, normaliseUsdRange } from "../normalise/money.js";
import { readWebAddress } from "../normalise/web-address.js";
import { memoise } from "./memoise.js";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A row on its way to a lead. */
export interface DraftFields {
  readonly company: Writable<CompanyFields>;
  readonly contact: Writable<ContactFields>;
  /** As written; read last, since a national number needs the row's country. */
  readonly phones: { company?: RawPhone; contact?: RawPhone };
  /** A bare address that is a site only for the company of that name; settled last. */
  sharedHost?: { readonly domain: string; readonly column: string; readonly text: string };
}

export interface RawPhone {
  readonly text: string;
  readonly column: string;
}

/**
 * What came of a cell: its value was taken, could not be read, or the field had another value already and the cell adds to
 * what is known.
 */
export type CellResult = "taken" | "unreadable" | "occupied";

/** Reads a cell, trimmed and not empty, into a draft. */
export type FieldReader = (draft: DraftFields, text: string, column: string) => CellResult;

/** A reader for each field. Values that repeat from row to row are normalised once. */
export function createFieldReaders(options: {
  readonly thisYear: number;
}): Readonly<Record<FieldPath, FieldReader>> {
  const country = memoise(normaliseCountry);
  const employees = memoise(normaliseEmployees);
  const year = memoise((text) => normaliseFoundedYear(text, options.thisYear));
  const revenue = memoise(normaliseUsdRange);
  const funding = memoise(normaliseUsd);
  const status = memoise(normaliseCompanyStatus);
  const commaList = memoise((text) => normaliseList(text, { commas: true }));
  const strongList = memoise((text) => normaliseList(text, { commas: false }));
  const titles = memoise((text) => ({
    seniority: seniorityOfTitle(text),
    department: departmentOfTitle(text),
  }));
  return {
    "company.name": company("name", singleLine),
    "company.domain": addressReader({ keepsAddress: false }),
    "company.website": addressReader({ keepsAddress: true }),
    "company.profileUrl": readProfile,
    "company.linkedinUrl": readLinkedin,
    "company.industry": company("industry", singleLine),
    "company.subIndustries": company("subIndustries", strongList),
    "company.description": company("description", (text) => text),
    "company.keywords": company("keywords", commaList),
    "company.country": company("country", country),
    "company.region": company("region", singleLine),
    "company.city": company("city", singleLine),
    "company.address": company("address", singleLine),
    "company.employees": company("employees", employees),
    "company.foundedYear": company("foundedYear", year),
    "company.revenueUsd": company("revenueUsd", revenue),
    "company.fundingUsd": company("fundingUsd", funding),
    "company.fundingStage": company("fundingStage", singleLine),
    "company.technologies": company("technologies", commaList),
    "company.status": company("status", status),
    "company.phone": phone("company"),
    "contact.firstName": contact("firstName", singleLine),
    "contact.lastName": contact("lastName", singleLine),
    "contact.fullName": contact("fullName", singleLine),
    "contact.email": readEmail,
    "contact.phone": phone("contact"),
    "contact.title": (draft, text) => {
      if (draft.contact.title !== undefined) return "occupied";
      const { seniority, department } = titles(text);
      draft.contact.title = singleLine(text);
      if (seniority !== undefined) draft.contact.seniority ??= seniority;
      if (department !== undefined) draft.contact.department ??= department;
      return "taken";
    },
    "contact.seniority": override("seniority", memoise(normaliseSeniority)),
    "contact.department": override("department", singleLine),
    "contact.linkedinUrl": readLinkedin,
    "contact.country": contact("country", country),
    "contact.timeZone": contact("timeZone", memoise(normaliseTimeZone)),
  };
}

function company<Field extends keyof CompanyFields>(
  field: Field,
  normalise: (text: string) => CompanyFields[Field],
): FieldReader {
  return ({ company: fields }, text) => {
    if (fields[field] !== undefined) return "occupied";
    const value = normalise(text);
    if (value === undefined) return "unreadable";
    fields[field] = value as Writable<CompanyFields>[Field];
    return "taken";
  };
}

function contact<Field extends keyof ContactFields>(
  field: Field,
  normalise: (text: string) => ContactFields[Field],
): FieldReader {
  return ({ contact: fields }, text) => {
    if (fields[field] !== undefined) return "occupied";
    const value = normalise(text);
    if (value === undefined) return "unreadable";
    fields[field] = value as Writable<ContactFields>[Field];
    return "taken";
  };
}

/** A column of its own outweighs what the job title suggests. */
function override<Field extends "seniority" | "department">(
  field: Field,
  normalise: (text: string) => ContactFields[Field],
): FieldReader {
  return ({ contact: fields }, text) => {
    const value = normalise(text);
    if (value === undefined) return "unreadable";
    fields[field] = value as Writable<ContactFields>[Field];
    return "taken";
  };
}

function phone(of: "company" | "contact"): FieldReader {
  return ({ phones }, text, column) => {
    if (phones[of] !== undefined) return "occupied";
    phones[of] = { text, column };
    return "taken";
  };
}

const readEmail: FieldReader = ({ contact: fields }, text) => {
  if (fields.email !== undefined) return "occupied";
  const [first = "", ...more] = text.includes("<")
    ? [text]
    : text.split(/[;,\s]+/).filter((part) => part !== "");
  const email = normaliseEmail(first);
  if (email === undefined) return "unreadable";
  fields.email = email;
  return more.length > 0 ? "occupied" : "taken";
};

/** A site, a domain, or what people paste in their place: a page in a directory or on LinkedIn. */
function addressReader({ keepsAddress }: { readonly keepsAddress: boolean }): FieldReader {
  return (draft, text, column) => {
    const address = readWebAddress(text);
    if (address === undefined) return "unreadable";
    const { company: fields } = draft;
    if (address.domain !== undefined) {
      if (fields.domain !== undefined && fields.domain !== address.domain) return "occupied";
      fields.domain = address.domain;
      if (keepsAddress && address.website !== undefined) fields.website ??= address.website;
      return "taken";
    }
    if (address.sharedHost === undefined) return takePage(draft, address);
    draft.sharedHost ??= { domain: address.sharedHost, column, text };
    return "taken";
  };
}

/** A directory's page, whatever its host: never the company's own site. */
const readProfile: FieldReader = (draft, text) => {
  const address = readWebAddress(text);
  if (address === undefined || address.sharedHost !== undefined) return "unreadable";
  const page = address.profileUrl ?? address.website;
  return takePage(draft, page === undefined ? address : { profileUrl: page });
};

const readLinkedin: FieldReader = (draft, text) => {
  const address = readWebAddress(text);
  const isLinkedin = address?.companyLinkedinUrl !== undefined || address?.personLinkedinUrl !== undefined;
  return address !== undefined && isLinkedin ? takePage(draft, address) : "unreadable";
};

function takePage(
  { company: fields, contact: person }: DraftFields,
  address: { profileUrl?: string; companyLinkedinUrl?: string; personLinkedinUrl?: string },
): CellResult {
  if (address.profileUrl !== undefined) {
    if (fields.profileUrl !== undefined && fields.profileUrl !== address.profileUrl) return "occupied";
    fields.profileUrl = address.profileUrl;
  } else if (address.companyLinkedinUrl !== undefined) {
    if (fields.linkedinUrl !== undefined && fields.linkedinUrl !== address.companyLinkedinUrl)
      return "occupied";
    fields.linkedinUrl = address.companyLinkedinUrl;
  } else if (address.personLinkedinUrl !== undefined) {
    if (person.linkedinUrl !== undefined && person.linkedinUrl !== address.personLinkedinUrl)
      return "occupied";
    person.linkedinUrl = address.personLinkedinUrl;
  }
  return "taken";
}

/** An IANA name that the runtime knows. */
function normaliseTimeZone(text: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
