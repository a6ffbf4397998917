import {
  normaliseCompanyStatus,
  normaliseCountry,
  normaliseEmail,
  normaliseEmployees,
  normaliseFoundedYear,
  normaliseList,
  normalisePhone,
  normaliseSeniority,
  normaliseUsd,
  normaliseUsdRange,
  readWebAddress,
} from "@salesagent/intake";
import type { CrmFields, JsonValue, RecordKind } from "@salesagent/ports";

/** What a cell is read with beside itself. */
export interface CellContext {
  /** ISO alpha-2 of the row, or the one that was given, for numbers in national form. */
  readonly country: string | undefined;
  readonly thisYear: number;
}

/** How the cells of a field are read. */
export interface FieldType {
  /** What a cell must be, in words for whoever mends it. */
  readonly is: string;
  /** @returns Nothing for a cell that is not what it must be. */
  read(cell: string, context: CellContext): JsonValue | undefined;
}

type FieldTypes<Kind extends RecordKind> = { readonly [Field in keyof CrmFields[Kind]]-?: FieldType };

const CONTROL = /\s+/g;
const text: FieldType = { is: "a text", read: (cell) => cell.replace(CONTROL, " ") };
const longText: FieldType = { is: "a text", read: (cell) => cell };
const email: FieldType = { is: "an e-mail address", read: normaliseEmail };
const phone: FieldType = {
  is: "a phone number with a country (give the row a country, or --country)",
  read: (cell, { country }) => normalisePhone(cell, country),
};
const country: FieldType = { is: "a country", read: normaliseCountry };
const page: FieldType = { is: "a web address", read: (cell) => (readWebAddress(cell) ? cell : undefined) };
const list: FieldType = { is: "a list", read: (cell) => normaliseList(cell, { commas: true }) };
const flag: FieldType = {
  is: "yes or no",
  read: (cell) =>
    /^(?:true|yes|y|1)$/i.test(cell) ? true : /^(?:false|no|n|0)$/i.test(cell) ? false : undefined,
};
const currency: FieldType = {
  is: "three letters such as USD",
  read: (cell) => (/^[a-z]{3}$/i.test(cell) ? cell.toUpperCase() : undefined),
};
const day: FieldType = { is: "a day such as 2026-11-21", read: (cell) => (isDay(cell) ? cell : undefined) };
const timeZone: FieldType = { is: "a time zone such as Europe/Paris", read: readTimeZone };

const wholeNumber = (least: number, most: number, is: string): FieldType => ({
  is,
  read(cell) {
    const number = Number(cell);
    return Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
  },
});

const oneOf = (...words: readonly string[]): FieldType => ({
  is: `one of ${words.join(", ")}`,
  read: (cell) => words.find((word) => word === cell.toLowerCase()),
});

const listOf = ({ is, read }: FieldType): FieldType => ({
  is: `${is}, or several with semicolons`,
  read(cell, context) {
    const values = cell.split(";").map((part) => read(part.trim(), context));
    return values.every((value) => value !== undefined) ? values : undefined;
  },
});

/** Ranges are exported as JSON, and written by people in their own ways. */
const range = (is: string, read: (cell: string) => { min: number; max?: number } | undefined): FieldType => ({
  is,
  read: (cell) => rangeOf(cell) ?? asJson(read(cell)),
});

const CONTACT: FieldTypes<"contact"> = {
  firstName: text,
  lastName: text,
  fullName: text,
  email,
  otherEmails: listOf(email),
  phone,
  otherPhones: listOf(phone),
  title: text,
  seniority: { is: "a seniority such as director", read: normaliseSeniority },
  department: text,
  linkedinUrl: page,
  country,
  timeZone,
  ownerId: text,
  optedOut: flag,
};

const COMPANY: FieldTypes<"company"> = {
  name: text,
  domain: { is: "a domain of its own", read: (cell) => readWebAddress(cell)?.domain },
  website: page,
  profileUrl: page,
  linkedinUrl: page,
  industry: text,
  subIndustries: list,
  description: longText,
  keywords: list,
  country,
  region: text,
  city: text,
  address: text,
  employees: range("a number of people such as 51-200", normaliseEmployees),
  foundedYear: { is: "a year", read: (cell, { thisYear }) => normaliseFoundedYear(cell, thisYear) },
  revenueUsd: range("a sum in US dollars", normaliseUsdRange),
  fundingUsd: { is: "a sum in US dollars", read: normaliseUsd },
  fundingStage: text,
  technologies: list,
  status: { is: "active, inactive, acquired or public", read: normaliseCompanyStatus },
  phone,
  ownerId: text,
};

const DEAL: FieldTypes<"deal"> = {
  name: text,
  amountMinor: wholeNumber(0, Number.MAX_SAFE_INTEGER, "a whole number of the smallest unit, such as cents"),
  currency,
  pipelineId: text,
  stageId: text,
  status: oneOf("open", "won", "lost"),
  probability: wholeNumber(0, 100, "a whole number from 0 to 100"),
  closeDate: day,
  ownerId: text,
};

/** The fields of each kind, in the order of columns. */
export const FIELD_TYPES: Readonly<Record<RecordKind, Readonly<Record<string, FieldType>>>> = {
  contact: CONTACT,
  company: COMPANY,
  deal: DEAL,
};

function asJson(value: { min: number; max?: number } | undefined): JsonValue | undefined {
  if (value === undefined) return undefined;
  return value.max === undefined ? { min: value.min } : { min: value.min, max: value.max };
}

/** `{"min":51,"max":200}`, as exports write it. */
function rangeOf(cell: string): JsonValue | undefined {
  if (!cell.startsWith("{")) return undefined;
  try {
    const { min, max } = JSON.parse(cell) as { min?: unknown; max?: unknown };
    if (typeof min !== "number") return undefined;
    return typeof max === "number" ? { min, max } : { min };
  } catch {
    return undefined; // no JSON: it is told as what it should be
  }
}

function isDay(cell: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(cell) ? Date.parse(`${cell}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(cell);
}

function readTimeZone(cell: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: cell }).resolvedOptions().timeZone;
  } catch {
    return undefined; // the platform knows no such zone
  }
}
