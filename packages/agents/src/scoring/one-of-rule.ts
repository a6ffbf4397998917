import { countryName, resolveCountries } from "../profile/countries.js";
import { factsOfField } from "../profile/field-path.js";
import type { OneOfCriterion } from "../profile/ideal-customer-profile.js";
import type { FieldReader } from "./field-reader.js";
import { toText } from "./field-reader.js";
import { foldText } from "./fold-text.js";
import { type Finding, listOr, quote, type ReaderOf, type Rule, unknownFinding } from "./rule.js";

/** What a value of the `partly` list is worth. */
const PARTLY_SHARE = 0.5;

type Findings = Map<string, Finding>;

/** The values of a criterion one by one: a group of countries as its members. */
function spread(value: string, isCountry: boolean): readonly { key: string; shown: string }[] {
  const countries = isCountry ? resolveCountries(value) : undefined;
  if (countries === undefined) return [{ key: foldText(value.trim()), shown: value.trim() }];
  const { codes, group } = countries;
  return codes.map((code) => ({
    key: foldText(code),
    shown: group === undefined ? countryName(code) : `${countryName(code)} (${group})`,
  }));
}

function findingsOf(criterion: OneOfCriterion, field: FieldReader): Findings {
  const { kind } = factsOfField(criterion.field);
  const verb = kind === "list" ? "include" : "is";
  const findings: Findings = new Map();
  const add = (values: readonly string[], share: number, note: string) => {
    for (const value of values) {
      for (const { key, shown } of spread(value, kind === "country")) {
        const evidence = `${field.label} ${verb} ${shown}${note}`;
        if (!findings.has(key)) findings.set(key, { knowledge: "known", share, evidence, field });
      }
    }
  };
  add(criterion.values, 1, "");
  add(criterion.partly ?? [], PARTLY_SHARE, ", a near fit");
  return findings;
}

/** The best that a list has to show. */
function bestOf(values: readonly unknown[], findings: Findings): Finding | undefined {
  let best: Finding | undefined;
  for (const value of values) {
    const found = findings.get(foldText((toText(value) ?? "").trim()));
    if (found !== undefined && found.share > (best?.share ?? 0)) best = found;
  }
  return best;
}

/** Makes a `one-of` criterion ready. */
export function createOneOfRule(criterion: OneOfCriterion, readerOf: ReaderOf): Rule {
  const field = readerOf(criterion.field);
  const { kind } = factsOfField(criterion.field);
  const findings = findingsOf(criterion, field);
  const unknown = unknownFinding(field);
  const missed = `, not ${listOr(criterion.values)}`;
  const verb = kind === "list" ? "are" : "is";
  const miss = (shown: string): Finding => {
    const evidence = `${field.label} ${verb} ${shown}${missed}`;
    return { knowledge: "known", share: 0, evidence, field };
  };
  return (lead) => {
    const value = field.read(lead);
    if (Array.isArray(value)) return bestOf(value, findings) ?? miss(quote(toText(value) ?? ""));
    const text = toText(value);
    if (text === undefined) return unknown;
    const found = findings.get(text) ?? findings.get(foldText(text.trim()));
    return found ?? miss(kind === "country" ? countryName(text) : quote(text));
  };
}
