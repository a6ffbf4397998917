import type { CrmCompanyFields, CrmContactFields, CrmFields, RecordKind } from "@salesagent/ports";

/** Keys that the engine keeps of a record; whatever else it is found by is the host's. */
const OURS = /^(?:email|linkedin|phone|domain):/;
const MAX_KEYS = 20;
const MAX_KEY_CHARS = 400;

/**
 * What a record is found by: a contact by its addresses, its page and its numbers, a company by its domain and its page. A deal
 * has nothing that another could not have too.
 *
 * @returns Such as `email:ada@x.example`, foremost first; at most 20.
 */
export function matchKeys(kind: RecordKind, fields: CrmFields[RecordKind]): readonly string[] {
  if (kind === "contact") return contactKeys(fields as CrmContactFields);
  if (kind === "company") return companyKeys(fields as CrmCompanyFields);
  return [];
}

/** The keys by which one record is taken for another: a number may be a reception's, and is none of them. */
export function identityKeys(kind: RecordKind, fields: CrmFields[RecordKind]): readonly string[] {
  return matchKeys(kind, fields).filter((key) => !key.startsWith("phone:"));
}

/** A record's keys after its fields changed; those of the host stay. */
export function keysAfter(
  before: readonly string[],
  kind: RecordKind,
  fields: CrmFields[RecordKind],
): readonly string[] {
  const others = before.filter((key) => !OURS.test(key));
  return [...new Set([...others, ...matchKeys(kind, fields)])].slice(0, MAX_KEYS);
}

function contactKeys(fields: CrmContactFields): readonly string[] {
  const { email, otherEmails = [], linkedinUrl, phone, otherPhones = [] } = fields;
  const keys = new Set<string>();
  addKey(keys, "email", textOf(email)?.toLowerCase());
  for (const address of listOf(otherEmails)) addKey(keys, "email", textOf(address)?.toLowerCase());
  addKey(keys, "linkedin", linkedinPage(linkedinUrl));
  addKey(keys, "phone", phoneDigits(phone));
  for (const number of listOf(otherPhones)) addKey(keys, "phone", phoneDigits(number));
  return [...keys].slice(0, MAX_KEYS);
}

function companyKeys({ domain, linkedinUrl }: CrmCompanyFields): readonly string[] {
  const keys = new Set<string>();
  addKey(keys, "domain", textOf(domain)?.toLowerCase());
  addKey(keys, "linkedin", linkedinPage(linkedinUrl));
  return [...keys];
}

function addKey(keys: Set<string>, name: string, value: string | undefined): void {
  const text = value?.trim();
  if (text === undefined || text === "") return;
  const key = `${name}:${text}`;
  if (key.length <= MAX_KEY_CHARS) keys.add(key);
}

const phoneDigits = (number: string | undefined): string | undefined =>
  textOf(number)?.replace(/[^+\d]/g, "");

/** Records of apps and CRMs that are not typed may hold anything; what is no text is no key. */
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const listOf = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);

/** `https://www.linkedin.com/in/ada/` and `linkedin.com/in/Ada` are one page. */
function linkedinPage(url: string | undefined): string | undefined {
  return textOf(url)
    ?.toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/^(?:[a-z]{2,3}|www)\.linkedin\./, "linkedin.")
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
}
