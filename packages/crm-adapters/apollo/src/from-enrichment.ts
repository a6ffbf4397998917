import type {
  Company,
  CompanyFields,
  Contact,
  ContactFields,
  NumberRange,
  Provenance,
} from "@salesagent/ports";
import { countryCode } from "./country-code.js";
import { acceptedEmail, type EmailPolicy } from "./email-policy.js";
import { e164 } from "./from-record.js";
import { normalLinkedinUrl } from "./linkedin-url.js";
import { known, numberOf, objectOf, textOf, textsOf, type Wire } from "./wire.js";

/** How sure an address is that Apollo did not verify. */
const UNVERIFIED_CONFIDENCE = 0.3;

/** A person as Apollo tells of them, each field with its source. */
export function toContact(wire: Wire, at: string, emails: EmailPolicy): Contact {
  const status = textOf(wire["email_status"]);
  const fields: ContactFields = known({
    firstName: textOf(wire["first_name"]),
    lastName: textOf(wire["last_name"]),
    fullName: textOf(wire["name"]),
    email: acceptedEmail(textOf(wire["email"]), status, emails),
    phone: e164(textOf(wire["sanitized_phone"])),
    title: textOf(wire["title"]),
    linkedinUrl: normalLinkedinUrl(textOf(wire["linkedin_url"])),
    country: countryCode(textOf(wire["country"])),
  });
  const provenance = provenanceOf(fields, at);
  const isSure = fields.email === undefined || status === "verified";
  return {
    ...fields,
    provenance: isSure
      ? provenance
      : { ...provenance, email: { ...source(at), confidence: UNVERIFIED_CONFIDENCE } },
  };
}

/** A company as Apollo tells of it, each field with its source. */
export function toCompany(wire: Wire, at: string): Company {
  const fields: CompanyFields = known({
    name: textOf(wire["name"]),
    domain: textOf(wire["primary_domain"])
      ?.toLowerCase()
      .replace(/^www\./, ""),
    website: textOf(wire["website_url"]),
    linkedinUrl: normalLinkedinUrl(textOf(wire["linkedin_url"])),
    industry: textOf(wire["industry"]),
    keywords: filled(textsOf(wire["keywords"])),
    country: countryCode(textOf(wire["country"])),
    region: textOf(wire["state"]),
    city: textOf(wire["city"]),
    employees: exactly(numberOf(wire["estimated_num_employees"])),
    foundedYear: numberOf(wire["founded_year"]),
    revenueUsd: exactly(numberOf(wire["annual_revenue"])),
    fundingUsd: numberOf(wire["total_funding"]),
    fundingStage: textOf(wire["latest_funding_stage"]),
    technologies: filled(textsOf(wire["technology_names"])),
    phone: e164(textOf(objectOf(wire["primary_phone"])["sanitized_number"]) ?? textOf(wire["phone"])),
  });
  return { ...fields, provenance: provenanceOf(fields, at) };
}

/** Apollo tells one number; 0 stands for what it does not know. */
const exactly = (count: number | undefined): NumberRange | undefined =>
  count === undefined || count <= 0 ? undefined : { min: count, max: count };

const filled = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

const source = (at: string): Provenance => ({ source: "apollo", at });

function provenanceOf<Fields extends object>(
  fields: Fields,
  at: string,
): { [K in keyof Fields]?: Provenance } {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, source(at)])) as {
    [K in keyof Fields]?: Provenance;
  };
}
