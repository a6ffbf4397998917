/**
 * Tokens of one call, normalised over vendors: totals include their parts.
 * A count that the vendor does not tell is absent, never 0.
 */
export interface Usage {
  /** All input, the cached part included. */
  readonly inputTokens?: number;
  /** Input read from the vendor's prompt cache. */
  readonly cachedInputTokens?: number;
  /** Input written to the vendor's prompt cache, billed apart by some. */
  readonly cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that lives for an hour; the rest has the vendor's shorter lifetime. */
  readonly cacheWriteLongTokens?: number;
  /** All output, reasoning included. */
  readonly outputTokens?: number;
  /** Output spent on reasoning. */
  readonly reasoningTokens?: number;
  /** Input that was sound. */
  readonly audioInputTokens?: number;
  /** Output that is sound. */
  readonly audioOutputTokens?: number;
}
