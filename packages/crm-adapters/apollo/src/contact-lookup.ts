import type { CrmLookup, CrmRecord } from "@salesagent/ports";
import { unsupported } from "./crm-errors.js";
import type { ApolloKind } from "./from-record.js";

/** The keys by which Apollo's searches find records. */
export const LOOKED_UP_BY = { contact: ["email", "name"], company: ["name"], deal: [] } as const;

/** The words to search for. @throws `crm.unsupported` for a key that the kind has not; TypeError without any. */
export function askedWords(kind: ApolloKind, { kind: _, ...keys }: CrmLookup): string {
  const known: readonly string[] = LOOKED_UP_BY[kind];
  const asked = Object.entries(keys).filter(([, value]) => value !== undefined);
  const strange = asked.find(([by]) => !known.includes(by))?.[0];
  if (strange !== undefined || known.length === 0) {
    throw unsupported("lookup", kind, "Look contacts up by e-mail or name, and companies by name.");
  }
  const words = keys.email ?? keys.name;
  if (words === undefined) throw new TypeError(`apollo.lookup: give at least one of ${known.join(", ")}`);
  return words;
}

/** Searches match parts of words anywhere: only what is equal counts, in all that was asked for. */
export function isAskedContact(record: CrmRecord<"contact">, asked: CrmLookup): boolean {
  const { fields } = record;
  const { email, name } = asked;
  const addresses = [fields.email, ...(fields.otherEmails ?? [])];
  return (
    (email === undefined || addresses.includes(email.toLowerCase())) &&
    (name === undefined || isSameName(fields.fullName, name))
  );
}

/** As {@link isAskedContact}, for accounts. */
export function isAskedCompany({ fields }: CrmRecord<"company">, asked: CrmLookup): boolean {
  return asked.name === undefined || isSameName(fields.name, asked.name);
}

/** Equal but for case and spaces. */
function isSameName(a: string | undefined, b: string): boolean {
  return folded(a ?? "") === folded(b);
}

const folded = (text: string) => text.trim().replace(/\s+/g, " ").toLowerCase();
