import type { FieldProvenance, Provenance } from "@salesagent/ports";

/**
 * Gives records their provenance. All rows of a file come from one place, and most have the same fields: such rows share one
 * frozen object, so that provenance costs no memory by the row.
 */
export class SharedProvenance {
  readonly #stated: Provenance;
  readonly #inferred: Provenance;
  readonly #known = new Map<string, FieldProvenance<Record<string, unknown>>>();

  /** @param confidence - How sure a value is that the file does not state but implies, 0–1. */
  constructor(source: string, at: string, confidence: number) {
    this.#stated = Object.freeze({ source, at });
    this.#inferred = Object.freeze({ source, at, confidence });
  }

  /** For the fields that a record has; `inferred` names those that the file only implies. */
  of<Fields extends object>(
    record: Fields,
    inferred: readonly (keyof Fields & string)[],
  ): FieldProvenance<Fields> {
    const fields = Object.keys(record);
    const key = inferred.length === 0 ? fields.join() : `${fields.join()}!${inferred.join()}`;
    let shared = this.#known.get(key);
    if (shared === undefined) {
      const implied: readonly string[] = inferred;
      shared = Object.freeze(
        Object.fromEntries(
          fields.map((field) => [field, implied.includes(field) ? this.#inferred : this.#stated]),
        ),
      );
      this.#known.set(key, shared);
    }
    return shared as FieldProvenance<Fields>;
  }
}
