import type { EmbeddingModel } from "@salesagent/ports";
import type { EmbeddingSettings } from "@salesagent/provider-kit";
import { createEmbeddingModel } from "@salesagent/provider-openai-compatible";
import { OPENAI_EMBEDDING_PRICES } from "./openai-models.js";
import { type OpenAiAccount, openAiPlace } from "./openai-place.js";

/** Settings of an embedding model at OpenAI. */
export interface OpenAiEmbeddingSettings extends EmbeddingSettings, OpenAiAccount {}

/**
 * An embedding model at OpenAI. Lists of any length are split by the vendor's limits: 2,048 inputs and, by estimate,
 * 300,000 tokens a request.
 *
 * @param modelId - Such as `text-embedding-3-small`.
 * @throws TypeError or RangeError naming the setting that can't be.
 */
export function openaiEmbeddings(modelId: string, settings: OpenAiEmbeddingSettings = {}): EmbeddingModel {
  const { provider, baseUrl, keyVariables, keyRequired, requestIdHeader, headers } = openAiPlace(
    modelId,
    settings,
  );
  const dialect = {
    provider,
    baseUrl,
    keyVariables,
    keyRequired,
    requestIdHeader,
    headers,
    encoding: "base64",
    maxInputs: 2_048,
    maxTokens: 300_000,
    prices: OPENAI_EMBEDDING_PRICES,
  } as const;
  return createEmbeddingModel(modelId, dialect, settings);
}
