import { identityKeys } from "@salesagent/intake";
import type { CompanyFields, ContactFields, FieldProvenance, LeadDraft } from "@salesagent/ports";
import { invalidRequest } from "../request-errors.js";
import type { LeadFactsGiven } from "./lead-schemas.js";

/**
 * Facts as a lead that can be stored: each field with whom it is from.
 *
 * @param by - Whoever asks, such as `user:42`. @param at - ISO 8601 in UTC.
 * @throws `request.invalid` where nothing tells the lead from others.
 */
export function toDraft(
  facts: LeadFactsGiven,
  { by, at }: { readonly by: string; readonly at: string },
): LeadDraft {
  const { company: name, contact, custom, source = `api:${by}`, ...fields } = facts;
  const company = known<CompanyFields>({ name, ...fields });
  const person = contact && known<ContactFields>(contact);
  const keys = identityKeys(company, person ?? {});
  if (keys.length === 0) {
    throw invalidRequest([
      { path: "body.company", message: "tells nothing that would make this lead one of its own" },
    ]);
  }
  return {
    company: { ...company, provenance: provenanceOf(company, source, at) },
    ...(person && { contact: { ...person, provenance: provenanceOf(person, source, at) } }),
    ...(custom && { custom }),
    ...{ source, keys },
  };
}

/** What has a value. */
function known<Fields extends object>(
  fields: { readonly [Name in keyof Fields]: Fields[Name] | undefined } | object,
): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

function provenanceOf<Fields extends object>(
  fields: Fields,
  source: string,
  at: string,
): FieldProvenance<Fields> {
  const of = Object.keys(fields).map((name) => [name, { source, at }]);
  return Object.fromEntries(of) as FieldProvenance<Fields>;
}
