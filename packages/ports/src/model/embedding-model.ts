import type { CallOptions } from "../call-options.js";
import type { ModelPrice } from "./model-profile.js";
import type { Usage } from "./usage.js";

/** What one call for embeddings brings. */
export interface EmbeddingResult {
  /** One vector for each input, in the order of the inputs; all of one length. */
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
  /** Absent when the price is unknown. */
  readonly costUsd?: number;
}

/** How one call for embeddings is made. */
export interface EmbeddingCallOptions extends CallOptions {
  /** Length of the vectors, for models that can shorten them. */
  readonly dimensions?: number | undefined;
}

/** A model that turns texts into vectors. */
export interface EmbeddingModel {
  readonly port: "embedding-model/1";
  readonly provider: string;
  readonly modelId: string;
  /** The most inputs that one request to the vendor takes; longer lists are split by the adapter. */
  readonly maxInputs: number;
  readonly price?: ModelPrice;
  /** @throws TypeError naming the index of an empty input. */
  embed(inputs: readonly string[], call?: EmbeddingCallOptions): Promise<EmbeddingResult>;
}
