import type { CompanyFields, ContactFields } from "@salesagent/ports";
import { companyNameKey } from "../normalise/company-name.js";
import { isRoleEmail } from "../normalise/email.js";
import { foldText } from "../normalise/fold-text.js";
import { pageKey } from "../normalise/web-address.js";

/**
 * What makes two leads one, strongest first.
 *
 * A row with a person is a contact lead, told from others by the person: `email:` and the person's `linkedin:` page; only
 * where both are missing, by name within the company (`person:ada lovelace|figma.com`). Two people of one company are two
 * leads, so a contact lead never carries its company's keys.
 *
 * A row without a person is a company lead: `domain:`, `profile:` (its page in a directory) and `linkedin:`; only where all
 * are missing, a function's address (`email:info@…`), or else name and country (`name:figma|us`). Different companies share
 * names, and agencies share addresses, so these count only when nothing stronger tells.
 *
 * @returns None when the row tells neither.
 */
export function identityKeys(company: CompanyFields, contact: ContactFields): readonly string[] {
  return hasPerson(contact) ? personKeys(company, contact) : companyKeys(company, contact.email);
}

/** Whether a row speaks of one person, not of a company's shared mailbox. */
function hasPerson({ fullName, firstName, lastName, linkedinUrl, email }: ContactFields): boolean {
  if (fullName !== undefined || firstName !== undefined || lastName !== undefined) return true;
  return linkedinUrl !== undefined || (email !== undefined && !isRoleEmail(email));
}

function personKeys(company: CompanyFields, contact: ContactFields): readonly string[] {
  const { email, linkedinUrl } = contact;
  const named = contact.fullName !== undefined;
  const keys: string[] = [];
  // Several people may be listed under one function's address.
  if (email !== undefined && !(named && isRoleEmail(email))) keys.push(`email:${email}`);
  if (linkedinUrl !== undefined) keys.push(`linkedin:${linkedinPage(linkedinUrl)}`);
  if (keys.length > 0) return keys;
  const anchor = companyAnchor(company) ?? email;
  const name = foldText(contact.fullName ?? "");
  return anchor === undefined || name === "" ? [] : [`person:${name}|${anchor}`];
}

function companyKeys(company: CompanyFields, email: string | undefined): readonly string[] {
  const keys: string[] = [];
  if (company.domain !== undefined) keys.push(`domain:${company.domain}`);
  if (company.profileUrl !== undefined) keys.push(`profile:${pageKey(company.profileUrl)}`);
  if (company.linkedinUrl !== undefined) keys.push(`linkedin:${linkedinPage(company.linkedinUrl)}`);
  if (keys.length > 0) return keys;
  if (email !== undefined) return [`email:${email}`];
  return company.name === undefined ? [] : [`name:${nameAndCountry(company.name, company.country)}`];
}

/** What stands for the company in a person's key. */
function companyAnchor({
  domain,
  profileUrl,
  linkedinUrl,
  name,
  country,
}: CompanyFields): string | undefined {
  if (domain !== undefined) return domain;
  if (profileUrl !== undefined) return pageKey(profileUrl);
  if (linkedinUrl !== undefined) return pageKey(linkedinUrl);
  return name === undefined ? undefined : nameAndCountry(name, country);
}

function nameAndCountry(name: string, country: string | undefined): string {
  return `${companyNameKey(name)}|${country?.toLowerCase() ?? ""}`;
}

/** `company/figma`, `in/ada`. */
function linkedinPage(url: string): string {
  return pageKey(url).replace(/^(?:[a-z]+\.)?linkedin\.com\//, "");
}
