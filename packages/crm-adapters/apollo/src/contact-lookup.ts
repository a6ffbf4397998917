import type { CrmLookup, CrmRecord } from "@salesagent/ports";

/** Searches match parts of words anywhere: only what is equal counts, in all that was asked for. */
export function isAskedContact(record: CrmRecord<"contact">, asked: CrmLookup): boolean {
  const { fields } = record;
  const { email, name, domain, phone, linkedinUrl } = asked;
  const addresses = [fields.email, ...(fields.otherEmails ?? [])];
  const numbers = [fields.phone, ...(fields.otherPhones ?? [])];
  return (
    (email === undefined || addresses.includes(email.toLowerCase())) &&
    (name === undefined || isSameName(fields.fullName, name)) &&
    (domain === undefined || addresses.some((one) => one?.endsWith(`@${domain.toLowerCase()}`))) &&
    (phone === undefined || numbers.includes(phone)) &&
    (linkedinUrl === undefined || fields.linkedinUrl === linkedinUrl)
  );
}

/** As {@link isAskedContact}, for accounts. */
export function isAskedCompany({ fields }: CrmRecord<"company">, asked: CrmLookup): boolean {
  const { name, domain, phone, linkedinUrl } = asked;
  return (
    (name === undefined || isSameName(fields.name, name)) &&
    (domain === undefined || fields.domain === domain.toLowerCase()) &&
    (phone === undefined || fields.phone === phone) &&
    (linkedinUrl === undefined || fields.linkedinUrl === linkedinUrl)
  );
}

/** Equal but for case and spaces. */
function isSameName(a: string | undefined, b: string): boolean {
  return folded(a ?? "") === folded(b);
}

const folded = (text: string) => text.trim().replace(/\s+/g, " ").toLowerCase();
