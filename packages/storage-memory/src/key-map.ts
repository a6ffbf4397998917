/** Which lead holds each key. What the lead store sees, in a transaction or out of it. */
export interface Keys {
  get(key: string): string | undefined;
  set(key: string, leadId: string): void;
  delete(key: string): void;
}

/** The writes of one transaction over the keys. */
export class KeyDraft implements Keys {
  readonly #changes = new Map<string, { readonly before: string | undefined; after: string | undefined }>();

  constructor(private readonly base: Map<string, string>) {}

  get(key: string): string | undefined {
    const change = this.#changes.get(key);
    return change === undefined ? this.base.get(key) : change.after;
  }

  set(key: string, leadId: string): void {
    this.#change(key, leadId);
  }

  delete(key: string): void {
    this.#change(key, undefined);
  }

  /** Whether someone else claimed or released a key that this transaction did. */
  collides(): boolean {
    return [...this.#changes].some(([key, { before }]) => this.base.get(key) !== before);
  }

  apply(): void {
    for (const [key, { after }] of this.#changes) {
      if (after === undefined) this.base.delete(key);
      else this.base.set(key, after);
    }
  }

  #change(key: string, after: string | undefined): void {
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { before: this.base.get(key), after });
    else change.after = after;
  }
}
