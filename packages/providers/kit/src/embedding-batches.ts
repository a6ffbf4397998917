/** What one request for embeddings may hold. */
export interface BatchLimits {
  readonly maxInputs: number;
  /** All inputs of a request together, in estimated tokens. */
  readonly maxTokens: number;
}

/** Tokens of a text, by its bytes: three to a token is more than English needs and about what Chinese does. */
export function estimateTokens(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return Math.ceil(bytes / 3);
}

/** Splits inputs, in order, into requests within the limits. An input that is too long by itself gets its own request. */
export function toBatches(inputs: readonly string[], limits: BatchLimits): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let tokens = 0;
  for (const input of inputs) {
    const size = estimateTokens(input);
    if (batch.length > 0 && (batch.length >= limits.maxInputs || tokens + size > limits.maxTokens)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(input);
    tokens += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
