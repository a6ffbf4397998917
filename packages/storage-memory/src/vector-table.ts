import type { VectorItem, VectorMatch } from "@salesagent/ports";
import type { NormalNearest } from "@salesagent/ports/store-rules";
import { BestMatches } from "./best-matches.js";
import { VectorCollection } from "./vector-collection.js";

/** What to look for, and when. */
export interface Search extends NormalNearest {
  readonly now: string;
}

/** Vectors in collections. What a store sees, in a transaction or out of it. */
export interface Vectors {
  /** Of the vectors in a collection; undefined for an empty one. */
  lengthOf(collection: string): number | undefined;
  /** @param now - Items that are over by then may go. */
  put(collection: string, item: VectorItem, now: string): void;
  remove(collection: string, id: string): void;
  nearest(collection: string, query: Float32Array, search: Search): readonly VectorMatch[];
}

/** Vectors in memory. */
export class VectorTable implements Vectors {
  readonly #collections = new Map<string, VectorCollection>();

  collection(name: string): VectorCollection | undefined {
    return this.#collections.get(name);
  }

  names(): Iterable<string> {
    return this.#collections.keys();
  }

  /** All items, with the names of their collections. */
  *items(): Iterable<Omit<VectorItem, "vector"> & { readonly collection: string }> {
    for (const [collection, members] of this.#collections) {
      for (const { id, data, expiresAt } of members.items()) {
        yield { collection, id, data, ...(expiresAt === undefined ? {} : { expiresAt }) };
      }
    }
  }

  lengthOf(collection: string): number | undefined {
    return this.#collections.get(collection)?.length;
  }

  put(collection: string, item: VectorItem, now: string): void {
    const members = this.#collections.get(collection) ?? new VectorCollection(item.vector.length);
    members.put(item, now);
    this.#collections.set(collection, members);
  }

  remove(collection: string, id: string): void {
    const members = this.#collections.get(collection);
    members?.remove(id);
    if (members?.size === 0) this.#collections.delete(collection);
  }

  nearest(
    collection: string,
    query: Float32Array,
    { limit, minSimilarity, now }: Search,
  ): readonly VectorMatch[] {
    const best = new BestMatches(limit, minSimilarity);
    this.#collections.get(collection)?.search(query, now, best);
    return best.list();
  }
}

/** A change of one item. */
interface ItemChange {
  readonly collection: string;
  readonly id: string;
  /** What the base kept of it when it was changed first. */
  readonly before: object | undefined;
  after: VectorItem | undefined;
}

/** The writes of one transaction over vectors. */
export class VectorDraft implements Vectors {
  readonly #changes = new Map<string, ItemChange>();
  /** What is new or was put again. */
  readonly #put = new VectorTable();
  #now = "";

  constructor(private readonly base: VectorTable) {}

  lengthOf(collection: string): number | undefined {
    return this.#put.lengthOf(collection) ?? this.base.lengthOf(collection);
  }

  put(collection: string, item: VectorItem, now: string): void {
    this.#now = now;
    this.#change(collection, item.id, item);
    this.#put.put(collection, item, now);
  }

  remove(collection: string, id: string): void {
    this.#change(collection, id, undefined);
    this.#put.remove(collection, id);
  }

  nearest(
    collection: string,
    query: Float32Array,
    { limit, minSimilarity, now }: Search,
  ): readonly VectorMatch[] {
    const best = new BestMatches(limit, minSimilarity);
    const isHidden = (id: string) => this.#changes.has(toKey(collection, id));
    this.base.collection(collection)?.search(query, now, best, isHidden);
    this.#put.collection(collection)?.search(query, now, best);
    return best.list();
  }

  /** Whether someone else changed an item that this transaction did, or gave a collection another length. */
  collides(): boolean {
    const isOther = ({ collection, id, before }: ItemChange) =>
      this.base.collection(collection)?.get(id) !== before;
    if ([...this.#changes.values()].some(isOther)) return true;
    return [...this.#put.names()].some((name) => {
      const length = this.base.lengthOf(name);
      return length !== undefined && length !== this.#put.lengthOf(name);
    });
  }

  apply(): void {
    for (const { collection, id, after } of this.#changes.values()) {
      if (after === undefined) this.base.remove(collection, id);
      else this.base.put(collection, after, this.#now);
    }
  }

  #change(collection: string, id: string, after: VectorItem | undefined): void {
    const key = toKey(collection, id);
    const change = this.#changes.get(key);
    const before = this.base.collection(collection)?.get(id);
    if (change === undefined) this.#changes.set(key, { collection, id, before, after });
    else change.after = after;
  }
}

function toKey(collection: string, id: string): string {
  return JSON.stringify([collection, id]);
}
