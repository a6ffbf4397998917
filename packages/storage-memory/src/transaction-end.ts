import type { TenantStores } from "@salesagent/ports";

/** What is told of the end of a transaction. */
export class TransactionEnd {
  readonly #listeners: ((committed: boolean) => void)[] = [];
  #over = false;

  get isOver(): boolean {
    return this.#over;
  }

  /** Runs `listener` at the end, in the order of asking. */
  whenOver(listener: (committed: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** The first word counts. */
  settle(committed: boolean): void {
    if (this.#over) return;
    this.#over = true;
    for (const listener of this.#listeners) listener(committed);
  }
}

const ends = new WeakMap<TenantStores, TransactionEnd>();

/** Marks stores as those of a transaction. */
export function openTransactionEnd(stores: TenantStores): TransactionEnd {
  const end = new TransactionEnd();
  ends.set(stores, end);
  return end;
}

/** The end of the transaction that `stores` belong to; nothing for other stores. */
export function findTransactionEnd(stores: TenantStores): TransactionEnd | undefined {
  return ends.get(stores);
}
