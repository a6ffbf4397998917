import { type EmbeddingModel, type JsonObject, systemClock } from "@salesagent/ports";
import {
  checkModelId,
  createWireEmbeddingModel,
  type EmbeddingSettings,
  resolveApiKey,
  resolveBaseUrl,
} from "@salesagent/provider-kit";
import type { EmbeddingDialect } from "./embedding-dialect.js";
import { fromEmbeddings } from "./from-embeddings.js";
import { OpenAiClient } from "./openai-client.js";

/**
 * A model behind an embeddings endpoint.
 *
 * @throws TypeError or RangeError naming the setting that can't be.
 */
export function createEmbeddingModel(
  modelId: string,
  dialect: EmbeddingDialect,
  settings: EmbeddingSettings = {},
): EmbeddingModel {
  const { provider, prices, keyVariables: variables, keyRequired: required } = dialect;
  checkModelId(provider, modelId);
  const baseUrl = resolveBaseUrl(settings.baseUrl ?? dialect.baseUrl);
  const headers = { ...dialect.headers, ...settings.headers };
  const client = new OpenAiClient({ baseUrl, fetch: settings.fetch, headers });
  const { apiKey, env, clock = systemClock, timeoutMs } = settings;
  return createWireEmbeddingModel({
    ...{ provider, modelId, baseUrl, clock, timeoutMs },
    maxInputs: settings.maxInputs ?? dialect.maxInputs,
    maxTokens: dialect.maxTokens,
    price: settings.price ?? (Object.hasOwn(prices, modelId) ? prices[modelId] : undefined),
    requestIdHeader: dialect.requestIdHeader,
    apiKey: () => resolveApiKey({ provider, modelId, apiKey, variables, required, env }),
    send(batch, { dimensions, ...post }) {
      const body: JsonObject = {
        model: modelId,
        input: batch,
        encoding_format: dialect.encoding,
        ...(dimensions === undefined ? {} : { dimensions }),
      };
      return client.post("/embeddings", body, post);
    },
    read: fromEmbeddings,
  });
}
