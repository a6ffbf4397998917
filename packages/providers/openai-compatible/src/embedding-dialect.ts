import type { ModelPrice } from "@salesagent/ports";

/** How one vendor's embeddings endpoint differs from the common one. */
export interface EmbeddingDialect {
  readonly provider: string;
  readonly baseUrl: string;
  readonly keyVariables: readonly string[];
  readonly keyRequired: boolean;
  /** Base64 is a quarter of the size, for servers that know it; others are asked for numbers. */
  readonly encoding: "base64" | "float";
  readonly maxInputs: number;
  /** Of all inputs of a request together. */
  readonly maxTokens: number;
  /** Prices by model id. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  readonly requestIdHeader?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
