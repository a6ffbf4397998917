import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";

/** A vector and what it stands for. */
export interface VectorItem {
  /** 1–400 characters; unique in its collection. */
  readonly id: string;
  /** Of one length in a collection, not all zeros, finite numbers; at most 8,192 of them. */
  readonly vector: Float32Array;
  readonly data: JsonValue;
  /** ISO 8601 in UTC; from then on the item is not found. */
  readonly expiresAt?: string;
}

export interface VectorMatch {
  readonly id: string;
  /** Cosine similarity, −1 to 1. */
  readonly similarity: number;
  readonly data: JsonValue;
}

export interface NearestOptions {
  /** @defaultValue 10 */
  readonly limit?: number | undefined;
  /** @defaultValue −1 */
  readonly minSimilarity?: number | undefined;
}

/** Vectors of one tenant, in collections. */
export interface VectorStore {
  readonly port: "vector-store/1";
  /** Replaces items of the same id. @throws `store.invalid` for a vector that breaks the rules, with nothing stored. */
  putMany(collection: string, items: readonly VectorItem[], call?: CallOptions): Promise<void>;
  /** The most similar items, best first; of equal ones by id. None for a collection that nobody wrote to. */
  nearest(
    collection: string,
    vector: Float32Array,
    options?: NearestOptions,
    call?: CallOptions,
  ): Promise<readonly VectorMatch[]>;
  /** Passes over ids that are not there. */
  remove(collection: string, ids: readonly string[], call?: CallOptions): Promise<void>;
}
