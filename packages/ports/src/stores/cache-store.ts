import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";

/** An answer that is kept for a while. */
export interface CacheEntry {
  /** 1–400 characters. */
  readonly key: string;
  readonly value: JsonValue;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** ISO 8601 in UTC; from then on the entry is not found. */
  readonly expiresAt: string;
}

/** Kept answers of one tenant. Entries may vanish at any time. */
export interface CacheStore {
  readonly port: "cache-store/1";
  get(key: string, call?: CallOptions): Promise<CacheEntry | undefined>;
  /** Replaces what stands under the key. */
  put(entry: CacheEntry, call?: CallOptions): Promise<void>;
  /** Passes over keys that are not there. */
  remove(keys: readonly string[], call?: CallOptions): Promise<void>;
  /** Drops what is over. @returns How many entries. */
  prune(call?: CallOptions): Promise<number>;
}
