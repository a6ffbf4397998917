import { type EmbeddingModel, type JsonValue, systemClock } from "@salesagent/ports";
import {
  checkModelId,
  createWireEmbeddingModel,
  type EmbeddingSettings,
  isJsonObject,
  postJson,
  resolveApiKey,
  toVector,
  type Vectors,
} from "@salesagent/provider-kit";
import { adviseLocally, classifyOllama } from "./classify-ollama.js";
import { FREE } from "./ollama-models.js";
import { checkBaseUrl, resolveServer } from "./ollama-server.js";
import { PROVIDER } from "./to-ollama-messages.js";

/** Settings of an Ollama embedding model. */
export interface OllamaEmbeddingSettings extends EmbeddingSettings {
  /** How long the model stays loaded: `"10m"`, seconds, 0 to unload, -1 for ever. @defaultValue the server's own, five minutes */
  readonly keepAlive?: string | number | undefined;
  /** What becomes of a text that is longer than the model reads: an error, or the server's cut. @defaultValue "error" */
  readonly overflow?: "error" | "cut" | undefined;
}

/** The server has no limit of its own; this keeps one request to seconds. */
const MAX_INPUTS = 128;
/** The model may have to be loaded first. */
const TIMEOUT_MS = 300_000;

/**
 * An embedding model of an Ollama server.
 *
 * @param modelId - Such as `nomic-embed-text`.
 * @throws TypeError or RangeError naming the setting that can't be; `config.invalid` when `OLLAMA_HOST` holds no address.
 */
export function ollamaEmbeddings(modelId: string, settings: OllamaEmbeddingSettings = {}): EmbeddingModel {
  checkModelId(PROVIDER, modelId);
  checkBaseUrl(settings.baseUrl);
  const { apiKey, env, fetch, headers, keepAlive, overflow = "error", clock = systemClock } = settings;
  const { baseUrl, cloud } = resolveServer(settings.baseUrl, env);
  const variables = cloud ? ["OLLAMA_API_KEY"] : [];
  return createWireEmbeddingModel({
    ...{ provider: PROVIDER, modelId, baseUrl, clock },
    timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
    maxInputs: settings.maxInputs ?? MAX_INPUTS,
    price: settings.price ?? (cloud ? undefined : FREE),
    classify: classifyOllama,
    advise: cloud ? undefined : adviseLocally(modelId),
    apiKey: () => resolveApiKey({ provider: PROVIDER, modelId, apiKey, variables, required: cloud, env }),
    send(batch, post) {
      const body = {
        model: modelId,
        input: batch,
        truncate: overflow === "cut",
        ...(post.dimensions === undefined ? {} : { dimensions: post.dimensions }),
        ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
      };
      const auth = post.apiKey === undefined ? {} : { authorization: `Bearer ${post.apiKey}` };
      return postJson(`${baseUrl}/api/embed`, body, { fetch, headers: [auth, headers], signal: post.signal });
    },
    read: readVectors,
  });
}

function readVectors(body: JsonValue): Vectors {
  const { embeddings, prompt_eval_count: tokens } = isJsonObject(body) ? body : {};
  const listed: readonly JsonValue[] = Array.isArray(embeddings) ? embeddings : [];
  return {
    vectors: listed.map((values) => toVector(values)),
    usage: typeof tokens === "number" ? { inputTokens: tokens, outputTokens: 0 } : {},
  };
}
