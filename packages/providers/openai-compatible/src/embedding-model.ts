import {
  type Clock,
  type EmbeddingCallOptions,
  type EmbeddingModel,
  type EmbeddingResult,
  type JsonObject,
  type ModelPrice,
  systemClock,
  type Usage,
} from "@salesagent/ports";
import {
  checkModelId,
  parseJson,
  priceNanoUsd,
  resolveApiKey,
  resolveBaseUrl,
  toModelError,
  toUsd,
  WireFailure,
} from "@salesagent/provider-kit";
import { toBatches } from "./embedding-batches.js";
import type { EmbeddingDialect, EmbeddingSettings } from "./embedding-dialect.js";
import { fromEmbeddings, type Vectors } from "./from-embeddings.js";
import { OpenAiClient } from "./openai-client.js";
import { withLimit } from "./with-limit.js";

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
  checkModelId(dialect.provider, modelId);
  return new WireEmbeddingModel(modelId, dialect, settings);
}

class WireEmbeddingModel implements EmbeddingModel {
  readonly port = "embedding-model/1";
  readonly provider: string;
  readonly modelId: string;
  readonly maxInputs: number;
  readonly price?: ModelPrice;
  readonly #dialect: EmbeddingDialect;
  readonly #settings: EmbeddingSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #client: OpenAiClient;

  constructor(modelId: string, dialect: EmbeddingDialect, settings: EmbeddingSettings) {
    this.provider = dialect.provider;
    this.modelId = modelId;
    this.maxInputs = wholeNumber("maxInputs", settings.maxInputs ?? dialect.maxInputs);
    this.#timeoutMs = positive("timeoutMs", settings.timeoutMs ?? 60_000);
    const { prices } = dialect;
    const price = settings.price ?? (Object.hasOwn(prices, modelId) ? prices[modelId] : undefined);
    if (price) this.price = price;
    this.#dialect = dialect;
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? dialect.baseUrl);
    this.#clock = settings.clock ?? systemClock;
    this.#client = new OpenAiClient({
      baseUrl: this.#baseUrl,
      fetch: settings.fetch,
      headers: { ...dialect.headers, ...settings.headers },
    });
  }

  async embed(inputs: readonly string[], call: EmbeddingCallOptions = {}): Promise<EmbeddingResult> {
    const empty = inputs.indexOf("");
    if (empty !== -1) throw new TypeError(`inputs[${empty}] is empty: there is nothing to embed`);
    call.signal?.throwIfAborted();
    const startMs = this.#clock.now();
    const { maxInputs } = this;
    const vectors: Float32Array[] = [];
    let usage: Usage = { inputTokens: 0, outputTokens: 0 };
    for (const batch of toBatches(inputs, { maxInputs, maxTokens: this.#dialect.maxTokens })) {
      const reply = await this.#request(batch, call);
      vectors.push(...reply.vectors);
      usage = addUsage(usage, reply.usage);
    }
    const nanoUsd = this.price && priceNanoUsd(this.price, usage, startMs);
    return { vectors, usage, ...(nanoUsd === undefined ? {} : { costUsd: toUsd(nanoUsd) }) };
  }

  async #request(batch: readonly string[], call: EmbeddingCallOptions): Promise<Vectors> {
    const { provider, modelId } = this;
    const clock = this.#clock;
    const seen: { apiKey?: string; status?: number } = {};
    const limit = { provider, modelId, clock, limitMs: this.#timeoutMs, signal: call.signal };
    try {
      return await withLimit(limit, (signal) => this.#send(batch, call, signal, seen));
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw toModelError(error, {
        provider,
        modelId,
        baseUrl: this.#baseUrl,
        requestIdHeader: this.#dialect.requestIdHeader,
        status: seen.status,
        secrets: seen.apiKey === undefined ? [] : [seen.apiKey],
        nowMs: clock.now(),
        begun: seen.status !== undefined,
      });
    }
  }

  async #send(
    batch: readonly string[],
    { dimensions }: EmbeddingCallOptions,
    signal: AbortSignal,
    seen: { apiKey?: string; status?: number },
  ): Promise<Vectors> {
    const apiKey = await this.#apiKey();
    if (apiKey !== undefined) seen.apiKey = apiKey;
    const body: JsonObject = {
      model: this.modelId,
      input: batch,
      encoding_format: this.#dialect.encoding,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
    const response = await this.#client.post("/embeddings", body, { apiKey, signal });
    seen.status = response.status;
    const text = await response.text();
    const json = parseJson(text);
    if (json === undefined) throw new WireFailure({ kind: "malformed", vendorMessage: text.slice(0, 300) });
    return fromEmbeddings(json, batch.length);
  }

  #apiKey(): Promise<string | undefined> {
    const { provider, modelId } = this;
    const { apiKey, env } = this.#settings;
    const { keyRequired: required, keyVariables: variables } = this.#dialect;
    return resolveApiKey({ provider, modelId, apiKey, variables, required, env });
  }
}

/** Unknown in one request is unknown in all. */
function addUsage(left: Usage, right: Usage): Usage {
  if (left.inputTokens === undefined || right.inputTokens === undefined) return {};
  return { inputTokens: left.inputTokens + right.inputTokens, outputTokens: 0 };
}

function positive(option: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(`${option} must be a number > 0, got ${value}`);
}

function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${option} must be a whole number ≥ 1, got ${value}`);
}
