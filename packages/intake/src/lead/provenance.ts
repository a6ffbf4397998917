import type { FieldProvenance, Provenance } from "@salesagent/ports";

/**
 * Gives records of one kind their provenance. All rows of a file come from one place, and most have the same fields: such
 * rows share one frozen object, so that provenance costs no memory by the row.
 */
export class SharedProvenance<Fields extends object> {
  readonly #stated: Provenance;
  readonly #inferred: Provenance;
  /** A power of two for each field seen, so that a set of fields is a number. Exact for 52 fields. */
  readonly #weights = new Map<string, number>();
  readonly #bySet = new Map<number, FieldProvenance<Fields>>();

  /** @param confidence - How sure a value is that the file does not state but implies, 0–1. */
  constructor(source: string, at: string, confidence: number) {
    this.#stated = Object.freeze({ source, at });
    this.#inferred = Object.freeze({ source, at, confidence });
  }

  /** For the fields that a record has; `inferred` names one that the file only implies. */
  of(record: Fields, inferred?: keyof Fields & string): FieldProvenance<Fields> {
    let set = inferred === undefined ? 0 : this.#weightOf(`${inferred} is inferred`);
    for (const field in record) set += this.#weightOf(field);
    let shared = this.#bySet.get(set);
    if (shared === undefined) {
      shared = this.#create(Object.keys(record), inferred);
      this.#bySet.set(set, shared);
    }
    return shared;
  }

  #weightOf(field: string): number {
    let weight = this.#weights.get(field);
    if (weight === undefined) {
      weight = 2 ** this.#weights.size;
      this.#weights.set(field, weight);
    }
    return weight;
  }

  #create(fields: readonly string[], inferred: string | undefined): FieldProvenance<Fields> {
    const entries = fields.map((field) => [field, field === inferred ? this.#inferred : this.#stated]);
    return Object.freeze(Object.fromEntries(entries)) as FieldProvenance<Fields>;
  }
}
