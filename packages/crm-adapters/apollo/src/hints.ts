import type { CompanyHints, PersonHints } from "@salesagent/ports";
import { normalLinkedinUrl } from "./linkedin-url.js";
import { known, objectOf, textOf, type Wire } from "./wire.js";

/** As Apollo's query takes it. */
export function personQuery({
  email,
  linkedinUrl,
  fullName,
  domain,
}: PersonHints): Readonly<Record<string, string>> {
  return known({ email, linkedin_url: linkedinUrl, name: fullName, domain });
}

export function companyQuery({ domain, name, linkedinUrl }: CompanyHints): Readonly<Record<string, string>> {
  // the surest alone: Apollo does not say which of several it went by
  if (domain !== undefined) return { domain };
  return linkedinUrl === undefined ? known({ name }) : { linkedin_url: linkedinUrl };
}

/** What names a person for certain, the surest first. */
export function personKeys({ email, linkedinUrl, fullName, domain }: PersonHints): readonly string[] {
  return [
    ...(email === undefined ? [] : [`email:${email.trim().toLowerCase()}`]),
    ...(linkedinUrl === undefined
      ? []
      : [`linkedin:${(normalLinkedinUrl(linkedinUrl) ?? linkedinUrl).toLowerCase()}`]),
    ...(fullName === undefined || domain === undefined
      ? []
      : [`name:${folded(fullName)}|${domain.toLowerCase()}`]),
  ];
}

export function companyKeys({ domain, name, linkedinUrl }: CompanyHints): readonly string[] {
  return [
    ...(domain === undefined ? [] : [`domain:${domain.toLowerCase()}`]),
    ...(linkedinUrl === undefined
      ? []
      : [`linkedin:${(normalLinkedinUrl(linkedinUrl) ?? linkedinUrl).toLowerCase()}`]),
    ...(name === undefined ? [] : [`name:${folded(name)}`]),
  ];
}

/** By what a person of Apollo's can be asked for again. */
export function hintsOfPerson(wire: Wire): PersonHints {
  return {
    email: textOf(wire["email"]),
    linkedinUrl: textOf(wire["linkedin_url"]),
    fullName: textOf(wire["name"]),
    domain: textOf(objectOf(wire["organization"])["primary_domain"]),
  };
}

export function hintsOfCompany(wire: Wire): CompanyHints {
  return { domain: textOf(wire["primary_domain"]), linkedinUrl: textOf(wire["linkedin_url"]) };
}

export const folded = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase();
