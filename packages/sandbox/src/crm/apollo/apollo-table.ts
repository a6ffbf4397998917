import type { Clock } from "@salesagent/ports";
import type { ApolloFields, ApolloRow } from "./apollo-row.js";

/** What a table is made of. */
export interface TableOptions {
  readonly newId: () => string;
  readonly clock: Clock;
  /** How long a write is missing from searches, in milliseconds. */
  readonly searchLagMs: number;
}

interface Entry {
  row: ApolloRow;
  /** As searches find it; absent until the index has seen it first. */
  indexed: ApolloRow | undefined;
  indexedAtMs: number;
  removed: boolean;
}

/** Records of one kind, with an index for searches that may lag behind. */
export class ApolloTable {
  readonly #options: TableOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Set<Entry>();
  /** Removed, and still found by searches. */
  readonly #ghosts = new Set<Entry>();
  #sorted: readonly ApolloRow[] | undefined;
  #created = 0;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** How many were ever made, by whomever. */
  get created(): number {
    return this.#created;
  }

  create(fields: ApolloFields): ApolloRow {
    const at = this.#stamp();
    const row = { created_at: at, updated_at: at, ...fields, id: this.#options.newId() };
    const entry: Entry = { row, indexed: undefined, indexedAtMs: 0, removed: false };
    this.#entries.set(row.id, entry);
    this.#created += 1;
    this.#changed(entry);
    return row;
  }

  /** Writes fields over those that stand, and moves `updated_at` unless it is among them. */
  edit(id: string, fields: ApolloFields): ApolloRow | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    entry.row = { ...entry.row, updated_at: this.#stamp(), ...fields, id };
    this.#changed(entry);
    return entry.row;
  }

  remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    entry.removed = true;
    this.#changed(entry);
    return true;
  }

  get(id: string): ApolloRow | undefined {
    return this.#entries.get(id)?.row;
  }

  /** All that stand, in the order in which they were made. */
  rows(): readonly ApolloRow[] {
    return [...this.#entries.values()].map(({ row }) => row);
  }

  /** What searches find, the last changed first. */
  found(): readonly ApolloRow[] {
    this.#index();
    this.#sorted ??= [...this.#entries.values(), ...this.#ghosts]
      .flatMap(({ indexed }) => indexed ?? [])
      .sort(byChange);
    return this.#sorted;
  }

  /** What searches find, the last made first. */
  foundByAge(): readonly ApolloRow[] {
    this.#index();
    return [...this.#ghosts, ...this.#entries.values()].flatMap(({ indexed }) => indexed ?? []).reverse();
  }

  #changed(entry: Entry): void {
    entry.indexedAtMs = this.#options.clock.now() + this.#options.searchLagMs;
    this.#waiting.add(entry);
    if (entry.removed) this.#ghosts.add(entry);
  }

  #index(): void {
    for (const entry of this.#waiting) {
      if (entry.indexedAtMs > this.#options.clock.now()) continue;
      entry.indexed = entry.row;
      this.#waiting.delete(entry);
      this.#ghosts.delete(entry);
      this.#sorted = undefined;
    }
  }

  #stamp(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

const byChange = (a: ApolloRow, b: ApolloRow) => order(b.updated_at, a.updated_at) || order(a.id, b.id);

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
