import type { CompanyFields, ContactFields, JsonObject, Lead, LeadDraft } from "@salesagent/ports";
import type { ScorableLead } from "../scoring/rules-score.js";

/** A lead in a few words, for a host that has no stored one: a company by name, and what else is known of it. */
export interface LeadFacts extends Omit<CompanyFields, "name"> {
  readonly company: string;
  readonly contact?: ContactFields;
  readonly custom?: JsonObject;
}

/** What a qualification is given: a stored lead, a draft, or facts. */
export type QualificationInput = Lead | LeadDraft | ScorableLead | LeadFacts;

/** A lead as the agent works with it. */
export interface Candidate extends ScorableLead {
  readonly leadId: string | undefined;
  readonly custom: JsonObject;
}

/** Brings any input to one form. @throws TypeError when there is no company in it. */
export function toCandidate(input: QualificationInput): Candidate {
  if (typeof input !== "object" || input === null || !isNameOrFacts(input.company)) {
    throw new TypeError("qualification input.company must be a company's name or its facts");
  }
  if (isLeadFacts(input)) {
    const { company: name, contact, custom = {}, ...fields } = input;
    return { leadId: undefined, company: { name, ...fields }, custom, ...(contact ? { contact } : {}) };
  }
  const { company, contact, custom = {} } = input;
  const leadId = "id" in input ? input.id : undefined;
  return { leadId, company, custom, ...(contact ? { contact } : {}) };
}

/** The facts of a candidate as plain data, for a prompt: fields that are known, without their provenance. */
export function factsOf({ company, contact, custom }: Candidate): JsonObject {
  const facts: Record<string, JsonObject> = { company: withoutProvenance(company) };
  if (contact) facts["contact"] = withoutProvenance(contact);
  if (custom && Object.keys(custom).length > 0) facts["other"] = custom;
  return facts;
}

function isNameOrFacts(company: unknown): boolean {
  return typeof company === "string" || (typeof company === "object" && company !== null);
}

function isLeadFacts(input: QualificationInput): input is LeadFacts {
  return typeof input.company === "string";
}

function withoutProvenance(fields: object & { readonly provenance?: object | undefined }): JsonObject {
  const { provenance: _, ...rest } = fields;
  return JSON.parse(JSON.stringify(rest)) as JsonObject;
}
