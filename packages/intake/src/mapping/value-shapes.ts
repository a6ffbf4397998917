import { normaliseCompanyStatus } from "../normalise/company-status.js";
import { normaliseCountry } from "../normalise/country.js";
import { normaliseEmail } from "../normalise/email.js";
import { normaliseEmployees } from "../normalise/employees.js";
import { normaliseUsdRange } from "../normalise/money.js";
import { readWebAddress } from "../normalise/web-address.js";
import type { FieldPath } from "./fields.js";

const isEmail = (value: string) => normaliseEmail(value) !== undefined;
const isAddress = (value: string) => readWebAddress(value) !== undefined;
const isCount = (value: string) => normaliseEmployees(value) !== undefined;
const isSum = (value: string) =>
  /\d/.test(value) && (normaliseUsdRange(value) !== undefined || /[€£¥]/.test(value));
const isPhone = (value: string) => /^[+(]?\d[\d\s().\-/+]{5,22}(?:\s*(?:x|ext)\.?\s*\d+)?$/i.test(value);
const isYear = (value: string) => /(?<!\d)(?:1[6-9]|20)\d{2}(?!\d)/.test(value);
const isName = (value: string) => /\p{L}/u.test(value) && !value.includes("@") && !/^https?:/i.test(value);

/** What values of a field look like, for the fields where that can be told. */
const FIELD_SHAPES: { readonly [Path in FieldPath]?: (value: string) => boolean } = {
  "company.domain": isAddress,
  "company.website": isAddress,
  "company.profileUrl": isAddress,
  "company.linkedinUrl": (value) => /linkedin\.com/i.test(value),
  "company.country": (value) => normaliseCountry(value) !== undefined,
  "company.employees": isCount,
  "company.foundedYear": isYear,
  "company.revenueUsd": isSum,
  "company.fundingUsd": isSum,
  "company.status": (value) => normaliseCompanyStatus(value) !== undefined,
  "company.phone": isPhone,
  "contact.firstName": isName,
  "contact.lastName": isName,
  "contact.fullName": isName,
  "contact.email": isEmail,
  "contact.phone": isPhone,
  "contact.linkedinUrl": (value) => /linkedin\.com/i.test(value),
  "contact.country": (value) => normaliseCountry(value) !== undefined,
  "contact.timeZone": (value) => /^[A-Z]\w+\/\w/.test(value) || value === "UTC",
};

/** Shapes that give a column away whatever its header, surest first. */
const TELLING: readonly (readonly [FieldPath, string, (value: string) => boolean])[] = [
  ["contact.email", "e-mail addresses", isEmail],
  ["contact.linkedinUrl", "LinkedIn pages of people", (value) => /linkedin\.com\/(?:in|pub)\//i.test(value)],
  [
    "company.linkedinUrl",
    "LinkedIn pages of companies",
    (value) => /linkedin\.com\/(?:company|school)\//i.test(value),
  ],
  ["company.website", "web addresses", (value) => /^(?:https?:\/\/|www\.)/i.test(value) && isAddress(value)],
  [
    "company.domain",
    "domains",
    (value) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(value) && isAddress(value),
  ],
  [
    "company.employees",
    "head count ranges",
    (value) => /^\d[\d,.k]*\s?(?:[-–]\s?\d[\d,.k]*|\+)$/i.test(value) && isCount(value),
  ],
  ["company.country", "countries", (value) => value.length > 3 && normaliseCountry(value) !== undefined],
  ["company.phone", "phone numbers", (value) => value.startsWith("+") && isPhone(value)],
];

/** Share of the values, 0–1, that look like a field's; undefined where the field has no look of its own. */
export function shareOfShape(target: FieldPath, values: readonly string[]): number | undefined {
  const fits = FIELD_SHAPES[target];
  return fits === undefined || values.length === 0 ? undefined : values.filter(fits).length / values.length;
}

/** What a column's values give away, when most of them do. */
export function fieldOfValues(
  values: readonly string[],
): { readonly target: FieldPath; readonly share: number; readonly what: string } | undefined {
  if (values.length < 3) return undefined;
  for (const [target, what, fits] of TELLING) {
    const share = values.filter(fits).length / values.length;
    if (share >= 0.7) return { target, share, what };
  }
  return undefined;
}

/**
 * Whether web addresses are pages of one shared site rather than sites of their own: all under one host, but different.
 */
export function arePagesOfOneSite(values: readonly string[]): boolean {
  const addresses = values.map(readWebAddress).filter((address) => address !== undefined);
  if (addresses.length < 3) return false;
  const pages = addresses.filter((address) => address.profileUrl !== undefined).length;
  if (pages / addresses.length >= 0.5) return true;
  const domains = new Set(addresses.map((address) => address.domain));
  const websites = new Set(addresses.map((address) => address.website));
  return domains.size === 1 && !domains.has(undefined) && websites.size === addresses.length;
}
