import type { CallOptions } from "./call-options.js";

/** A data key, wrapped by a key that stays where it is. */
export interface WrappedKey {
  /** Names the key that wrapped it, its version included; 1–200 characters. */
  readonly keyId: string;
  readonly wrapped: Uint8Array;
}

/**
 * Keys that wrap other keys: a key management service, or keys that the host gives. What is sealed with a data key can be opened
 * only where the ring unwraps that.
 */
export interface KeyRing {
  readonly port: "key-ring/1";
  /**
   * Wraps a data key of 32 bytes with the current key, bound to a context: it is unwrapped for the same context only.
   *
   * @throws `service.…` where the keys can't be reached.
   */
  wrap(dataKey: Uint8Array, context: Uint8Array, call?: CallOptions): Promise<WrappedKey>;
  /**
   * @returns Nothing when the ring has no such key, or the wrapped key or its context was altered.
   * @throws `service.…` where the keys can't be reached.
   */
  unwrap(key: WrappedKey, context: Uint8Array, call?: CallOptions): Promise<Uint8Array | undefined>;
}
