import type { LeadDraft } from "@salesagent/ports";
import { sampleDraft } from "./sample-records.js";

/** The names of leads, in their order. */
export function namesOf(leads: readonly Pick<LeadDraft, "company">[]): readonly (string | undefined)[] {
  return leads.map((lead) => lead.company.name);
}

/** Drafts `c0`, `c1`, `c2` …, or of another prefix. */
export function drafts(count: number, prefix = "c"): readonly LeadDraft[] {
  return Array.from({ length: count }, (_, index) => sampleDraft(`${prefix}${index}`));
}
