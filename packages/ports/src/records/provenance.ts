/** Where a value came from. */
export interface Provenance {
  /** Such as `csv:leads.csv`, `apollo`, `user:42`, `model:cerebras/gpt-oss-120b`. */
  readonly source: string;
  /** When it was read there, ISO 8601 in UTC. */
  readonly at: string;
  /** How sure the source is, 0–1. Absent means that it does not say. */
  readonly confidence?: number;
}

/** Provenance for each field of a record that has a value. */
export type FieldProvenance<Fields> = { readonly [Field in keyof Fields]?: Provenance };
