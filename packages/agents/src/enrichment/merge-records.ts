import type { JsonValue, Provenance } from "@salesagent/ports";
import type { Disagreement, EnrichedRecords, FieldCandidate, Settlement } from "./enrichment-schemas.js";

/** How sure a source is that does not say. */
const UNSTATED_CONFIDENCE = 0.5;

/** Records put together, and where their sources disagree. */
export interface MergedRecords {
  readonly records: EnrichedRecords;
  readonly disagreements: readonly Disagreement[];
}

type RecordName = Disagreement["record"];
type Facts = Readonly<Record<string, JsonValue>> & {
  readonly provenance: Readonly<Record<string, Provenance>>;
};

/**
 * Puts together what several sources say of a company and a person. Lists are joined. Of other values the one counts whose
 * source is surest; then the one that more sources give, the later one, the one that comes first. Spelling and case make no
 * difference, nor do ranges that overlap.
 */
export function mergeRecords(readings: readonly EnrichedRecords[]): MergedRecords {
  const disagreements: Disagreement[] = [];
  const records: { [Name in RecordName]?: Facts } = {};
  for (const name of ["company", "contact"] as const) {
    const facts = readings.flatMap((reading) => (reading[name] ? [toFacts(reading[name])] : []));
    if (facts.length > 0) records[name] = mergeFacts(name, facts, disagreements);
  }
  return { records: records as EnrichedRecords, disagreements };
}

/** Lets a model's choices stand, as far as they name candidates that there are. */
export function settle({ records, disagreements }: MergedRecords, { choices }: Settlement): MergedRecords {
  const settled = { ...records } as { [Name in RecordName]?: Facts };
  const told = disagreements.map((disagreement, index) => {
    const choice = choices.find((one) => one.disagreement === index + 1);
    const candidate = choice && disagreement.candidates[choice.candidate - 1];
    const facts = settled[disagreement.record];
    if (!candidate || !facts) return disagreement;
    settled[disagreement.record] = withField(facts, disagreement.field, candidate);
    return { ...disagreement, chosen: choice.candidate - 1, reason: choice.reason };
  });
  return { records: settled as EnrichedRecords, disagreements: told };
}

const toFacts = (record: object): Facts => record as Facts;

function withField(facts: Facts, field: string, { value, provenance }: FieldCandidate): Facts {
  return { ...facts, [field]: value, provenance: { ...facts.provenance, [field]: provenance } } as Facts;
}

function mergeFacts(record: RecordName, all: readonly Facts[], disagreements: Disagreement[]): Facts {
  let merged = { provenance: {} } as Facts;
  for (const [field, candidates] of candidatesByField(all)) {
    const [list, ...lists] = candidates.filter(({ value }) => Array.isArray(value));
    if (list) {
      merged = withField(merged, field, joined(list, lists));
      continue;
    }
    const ranked = rank(candidates);
    const [first] = ranked;
    if (first) merged = withField(merged, field, first);
    if (ranked.length > 1) disagreements.push({ record, field, candidates: ranked, chosen: 0 });
  }
  return merged;
}

function candidatesByField(all: readonly Facts[]): ReadonlyMap<string, FieldCandidate[]> {
  const byField = new Map<string, FieldCandidate[]>();
  for (const { provenance, ...fields } of all) {
    for (const [field, value] of Object.entries(fields)) {
      const source = provenance[field];
      if (value === undefined || value === null || !source) continue;
      byField.set(field, [...(byField.get(field) ?? []), { value, provenance: source }]);
    }
  }
  return byField;
}

/** Each value once, under its surest source; the best value first. */
function rank(candidates: readonly FieldCandidate[]): readonly FieldCandidate[] {
  const groups: FieldCandidate[][] = [];
  for (const candidate of [...candidates].sort(bySureness)) {
    const group = groups.find(([first]) => first && isSame(first.value, candidate.value));
    if (group) group.push(candidate);
    else groups.push([candidate]);
  }
  const order = groups.sort((a, b) => {
    const [first, second] = [a[0], b[0]];
    if (!first || !second) return 0;
    return sureness(second) - sureness(first) || b.length - a.length || bySureness(first, second);
  });
  return order.flatMap(([first]) => first ?? []);
}

const sureness = ({ provenance }: FieldCandidate): number => provenance.confidence ?? UNSTATED_CONFIDENCE;

function bySureness(a: FieldCandidate, b: FieldCandidate): number {
  return sureness(b) - sureness(a) || Date.parse(b.provenance.at) - Date.parse(a.provenance.at) || 0;
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  if (isRange(a) && isRange(b)) return a.min <= (b.max ?? Infinity) && b.min <= (a.max ?? Infinity);
  return fold(a) === fold(b);
}

function isRange(value: JsonValue): value is { readonly min: number; readonly max?: number } {
  return typeof value === "object" && value !== null && "min" in value && typeof value["min"] === "number";
}

const fold = (value: JsonValue): string =>
  JSON.stringify(typeof value === "string" ? value.trim().replace(/\s+/g, " ").toLowerCase() : value);

function joined(first: FieldCandidate, others: readonly FieldCandidate[]): FieldCandidate {
  const lists = [first, ...others];
  const items = new Map<string, JsonValue>();
  for (const { value } of lists) {
    for (const item of value as readonly JsonValue[]) if (!items.has(fold(item))) items.set(fold(item), item);
  }
  const value = [...items.values()];
  const sources = new Set(lists.map(({ provenance }) => provenance.source));
  if (sources.size === 1) return { value, provenance: first.provenance };
  const at = lists.reduce((latest, { provenance }) => (provenance.at > latest ? provenance.at : latest), "");
  return { value, provenance: { source: [...sources].join("+"), at } };
}
