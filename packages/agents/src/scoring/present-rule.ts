import type { PresentCriterion } from "../profile/ideal-customer-profile.js";
import { type Finding, listOr, type ReaderOf, type Rule } from "./rule.js";

/** Makes a `present` criterion ready. Its evidence names the field, never the value: it may be a person's. */
export function createPresentRule(criterion: PresentCriterion, readerOf: ReaderOf): Rule {
  const fields = criterion.fields.map(readerOf);
  const labels = fields.map(({ label }) => label);
  const found = fields.map(
    (field): Finding => ({ knowledge: "known", share: 1, evidence: `${field.label} is known`, field }),
  );
  const [field = readerOf(criterion.fields[0] ?? "company.domain")] = fields;
  const evidence = `no ${listOr(labels)} is known`;
  const absent: Finding = { knowledge: "absent", share: 0, evidence, field };
  return (lead) => {
    for (const finding of found) if (finding.field.read(lead) !== undefined) return finding;
    return absent;
  };
}
