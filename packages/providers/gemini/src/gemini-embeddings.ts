import { type EmbeddingModel, type JsonObject, type JsonValue, systemClock } from "@salesagent/ports";
import {
  checkModelId,
  createWireEmbeddingModel,
  type EmbeddingSettings,
  isJsonObject,
  postJson,
  resolveApiKey,
  resolveBaseUrl,
  toVector,
  type Vectors,
} from "@salesagent/provider-kit";
import { classifyGemini } from "./classify-gemini.js";
import { PROVIDER } from "./function-calls.js";
import { BASE_URL, KEY_VARIABLES, modelPath } from "./gemini-model.js";
import { geminiEmbeddingPrices } from "./gemini-models.js";

/** Settings of a Gemini embedding model. */
export interface GeminiEmbeddingSettings extends EmbeddingSettings {
  /** What the vectors are for, such as `RETRIEVAL_DOCUMENT` or `SEMANTIC_SIMILARITY`. @defaultValue the vendor's own */
  readonly taskType?: string | undefined;
}

const MAX_INPUTS = 100;

/**
 * A Gemini embedding model. Vectors that were shortened are given length 1 again, which the vendor leaves to its callers.
 *
 * @param modelId - Such as `gemini-embedding-2`.
 * @throws TypeError or RangeError naming the setting that can't be.
 */
export function geminiEmbeddings(modelId: string, settings: GeminiEmbeddingSettings = {}): EmbeddingModel {
  checkModelId(PROVIDER, modelId);
  const { apiKey, env, fetch, headers, taskType, timeoutMs, clock = systemClock } = settings;
  const baseUrl = resolveBaseUrl(settings.baseUrl ?? BASE_URL, BASE_URL);
  const path = modelPath(modelId);
  const listed = Object.hasOwn(geminiEmbeddingPrices, modelId) ? geminiEmbeddingPrices[modelId] : undefined;
  return createWireEmbeddingModel({
    ...{ provider: PROVIDER, modelId, baseUrl, clock, timeoutMs },
    maxInputs: settings.maxInputs ?? MAX_INPUTS,
    price: settings.price ?? listed,
    classify: classifyGemini,
    apiKey: () => resolveApiKey({ provider: PROVIDER, modelId, apiKey, variables: KEY_VARIABLES, env }),
    send(batch, post) {
      const requests = batch.map(
        (text): JsonObject => ({
          model: path,
          content: { parts: [{ text }] },
          ...(taskType === undefined ? {} : { taskType }),
          ...(post.dimensions === undefined ? {} : { outputDimensionality: post.dimensions }),
        }),
      );
      const key = post.apiKey === undefined ? {} : { "x-goog-api-key": post.apiKey };
      const sent = { fetch, headers: [key, headers], signal: post.signal };
      return postJson(`${baseUrl}/${path}:batchEmbedContents`, { requests }, sent);
    },
    read: readVectors,
  });
}

function readVectors(body: JsonValue): Vectors {
  const { embeddings, usageMetadata } = isJsonObject(body) ? body : {};
  const listed: readonly JsonValue[] = Array.isArray(embeddings) ? embeddings : [];
  const tokens = isJsonObject(usageMetadata) ? usageMetadata["promptTokenCount"] : undefined;
  return {
    vectors: listed.map(toUnitVector),
    usage: typeof tokens === "number" ? { inputTokens: tokens, outputTokens: 0 } : {},
  };
}

function toUnitVector(embedding: JsonValue): Float32Array | undefined {
  const vector = toVector(isJsonObject(embedding) ? embedding["values"] : undefined);
  if (!vector) return undefined;
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
