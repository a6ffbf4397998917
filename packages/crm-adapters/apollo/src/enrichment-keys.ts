import type { CompanyHints, JsonObject, PersonHints } from "@salesagent/ports";
import { isPlaceholder } from "./email-policy.js";
import { companyKeys, hintsOfCompany, hintsOfPerson, personKeys } from "./hints.js";
import { objectOf, type Wire } from "./wire.js";

/** What a person's answer is kept under. @throws TypeError for hints that name nobody. */
export function keysOfPerson(hints: PersonHints): readonly string[] {
  const keys = personKeys(hints).map((key) => `person/${key}`);
  needsOne(keys, "a person's e-mail, LinkedIn page, or full name with the company's domain");
  return keys;
}

/** What else a person that was found is kept under. */
export function aliasesOfPerson(wire: JsonObject | null): readonly string[] {
  if (wire === null) return [];
  const { email, ...hints } = hintsOfPerson(wire);
  const isReal = email !== undefined && !isPlaceholder(email);
  return personKeys(isReal ? { ...hints, email } : hints).map((key) => `person/${key}`);
}

/** What a company's answer is kept under. @throws TypeError for hints that name none. */
export function keysOfCompany(hints: CompanyHints): readonly string[] {
  const keys = companyKeys(hints).map((key) => `company/${key}`);
  needsOne(keys, "a company's domain, LinkedIn page or name");
  return keys;
}

/** What else a company that was found is kept under. */
export function aliasesOfCompany(wire: JsonObject | null): readonly string[] {
  return wire === null ? [] : companyKeys(hintsOfCompany(wire)).map((key) => `company/${key}`);
}

function needsOne(keys: readonly string[], what: string): void {
  if (keys.length === 0) throw new TypeError(`apollo: give ${what}`);
}

/** What Apollo told of somebody; null where it told nothing. */
export function foundIn(value: unknown): JsonObject | null {
  const wire: Wire = objectOf(value);
  return Object.keys(wire).length === 0 ? null : (wire as JsonObject);
}
