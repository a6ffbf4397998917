/** Values by key. What a store sees, in a transaction or out of it; a plain `Map` out of it. */
export interface Keyed<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
  delete(key: string): unknown;
  entries(): Iterable<readonly [key: string, value: Value]>;
}

/** The writes of one transaction over a map. Values are told apart by identity: whoever changes one puts another. */
export class MapDraft<Value> implements Keyed<Value> {
  readonly #changes = new Map<string, { readonly before: Value | undefined; after: Value | undefined }>();

  constructor(private readonly base: Map<string, Value>) {}

  get(key: string): Value | undefined {
    const change = this.#changes.get(key);
    return change === undefined ? this.base.get(key) : change.after;
  }

  set(key: string, value: Value): void {
    this.#change(key, value);
  }

  delete(key: string): void {
    this.#change(key, undefined);
  }

  *entries(): Iterable<readonly [key: string, value: Value]> {
    for (const entry of [...this.base]) if (!this.#changes.has(entry[0])) yield entry;
    for (const [key, { after }] of [...this.#changes]) if (after !== undefined) yield [key, after];
  }

  /** Whether someone else changed a key that this transaction did. */
  collides(): boolean {
    return [...this.#changes].some(([key, { before }]) => this.base.get(key) !== before);
  }

  apply(): void {
    for (const [key, { after }] of this.#changes) {
      if (after === undefined) this.base.delete(key);
      else this.base.set(key, after);
    }
  }

  #change(key: string, after: Value | undefined): void {
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { before: this.base.get(key), after });
    else change.after = after;
  }
}
