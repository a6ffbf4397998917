import type {
  Clock,
  EmbeddingCallOptions,
  EmbeddingModel,
  EmbeddingResult,
  JsonValue,
  ModelPrice,
  Usage,
} from "@salesagent/ports";
import { fromNanoUsd, priceNanoUsd } from "@salesagent/ports/money";
import { toBatches } from "./embedding-batches.js";
import { readErrorBody } from "./error-body.js";
import { type FailedCall, toModelError } from "./model-error.js";
import type { ConnectionSettings } from "./provider-settings.js";
import { failureOfResponse, parseJson } from "./response-check.js";
import { soundUsage } from "./sound-answer.js";
import { isFiniteVector } from "./to-vector.js";
import { WireFailure } from "./wire-failure.js";
import { withLimit } from "./with-limit.js";

/** Settings that every embedding model takes. */
export interface EmbeddingSettings extends ConnectionSettings {
  /** What the host knows better of the price. @defaultValue the package's own data */
  readonly price?: ModelPrice | undefined;
  /** Inputs in one request, at most. @defaultValue the vendor's limit */
  readonly maxInputs?: number | undefined;
  /** Limit of each request, in milliseconds. @defaultValue 60_000, unless the vendor starts slowly */
  readonly timeoutMs?: number | undefined;
}

/** What one reply brings. */
export interface Vectors {
  /** In the order of the inputs. A place without a vector, or with one of another length, is a broken reply. */
  readonly vectors: readonly (Float32Array | undefined)[];
  readonly usage: Usage;
}

interface WholeVectors extends Vectors {
  readonly vectors: readonly Float32Array[];
}

/** How one request for embeddings is sent. */
export interface EmbeddingPost {
  readonly apiKey: string | undefined;
  readonly dimensions: number | undefined;
  readonly signal: AbortSignal;
}

/** What an adapter tells of one embedding model. */
export interface EmbeddingExchange extends Pick<FailedCall, "requestIdHeader" | "classify" | "advise"> {
  readonly provider: string;
  readonly modelId: string;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly maxInputs: number;
  /** Of all inputs of a request together, in estimated tokens. @defaultValue Infinity */
  readonly maxTokens?: number;
  /** @defaultValue 60_000 */
  readonly timeoutMs?: number | undefined;
  readonly price?: ModelPrice | undefined;
  apiKey(): Promise<string | undefined>;
  /** Sends one batch. May throw what `fetch` or a vendor's SDK throws. */
  send(batch: readonly string[], post: EmbeddingPost): Promise<Response>;
  /** Reads a reply for so many inputs. */
  read(body: JsonValue, count: number): Vectors;
}

/**
 * An embedding model of batches, limits, errors and cost around one vendor's requests.
 *
 * @throws RangeError naming the setting that can't be.
 */
export function createWireEmbeddingModel(exchange: EmbeddingExchange): EmbeddingModel {
  return new WireEmbeddingModel(exchange);
}

class WireEmbeddingModel implements EmbeddingModel {
  readonly port = "embedding-model/1";
  readonly provider: string;
  readonly modelId: string;
  readonly maxInputs: number;
  readonly price?: ModelPrice;
  readonly #exchange: EmbeddingExchange;
  readonly #timeoutMs: number;

  constructor(exchange: EmbeddingExchange) {
    this.provider = exchange.provider;
    this.modelId = exchange.modelId;
    this.maxInputs = wholeNumber("maxInputs", exchange.maxInputs);
    this.#timeoutMs = positive("timeoutMs", exchange.timeoutMs ?? 60_000);
    if (exchange.price) this.price = exchange.price;
    this.#exchange = exchange;
  }

  async embed(inputs: readonly string[], call: EmbeddingCallOptions = {}): Promise<EmbeddingResult> {
    const empty = inputs.indexOf("");
    if (empty !== -1) throw new TypeError(`inputs[${empty}] is empty: there is nothing to embed`);
    call.signal?.throwIfAborted();
    const { clock, maxTokens = Number.POSITIVE_INFINITY } = this.#exchange;
    const startMs = clock.now();
    const vectors: Float32Array[] = [];
    let usage: Usage = { inputTokens: 0, outputTokens: 0 };
    for (const batch of toBatches(inputs, { maxInputs: this.maxInputs, maxTokens })) {
      const reply = await this.#request(batch, call);
      vectors.push(...reply.vectors);
      usage = addUsage(usage, reply.usage);
    }
    const nanoUsd = this.price && priceNanoUsd(this.price, usage, startMs);
    return { vectors, usage, ...(nanoUsd === undefined ? {} : { costUsd: fromNanoUsd(nanoUsd) }) };
  }

  async #request(batch: readonly string[], call: EmbeddingCallOptions): Promise<WholeVectors> {
    const { provider, modelId, clock, baseUrl, requestIdHeader, classify, advise } = this.#exchange;
    const seen: { apiKey?: string; status?: number } = {};
    const limit = { provider, modelId, clock, limitMs: this.#timeoutMs, signal: call.signal };
    try {
      return await withLimit(limit, (signal) => this.#send(batch, call, signal, seen));
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw toModelError(error, {
        ...{ provider, modelId, baseUrl, requestIdHeader, classify, advise },
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
  ): Promise<WholeVectors> {
    const apiKey = await this.#exchange.apiKey();
    if (apiKey !== undefined) seen.apiKey = apiKey;
    const response = await this.#exchange.send(batch, { apiKey, dimensions, signal });
    seen.status = response.status;
    if (!response.ok) throw await failureOfResponse(response);
    const text = await response.text();
    const json = parseJson(text);
    if (json === undefined) throw new WireFailure({ kind: "malformed", vendorMessage: text });
    const said = readErrorBody(json);
    if (said) throw new WireFailure({ kind: "in-band", ...said });
    const { vectors, usage } = this.#exchange.read(json, batch.length);
    return { vectors: wholeVectors(vectors, batch.length), usage: soundUsage(usage) };
  }
}

function wholeVectors(vectors: Vectors["vectors"], count: number): readonly Float32Array[] {
  const length = vectors[0]?.length ?? 0;
  const whole = vectors.filter(
    (vector): vector is Float32Array =>
      vector !== undefined && length > 0 && vector.length === length && isFiniteVector(vector),
  );
  if (whole.length === count && vectors.length === count) return whole;
  throw new WireFailure({
    kind: "malformed",
    vendorMessage: `${whole.length} usable vectors for ${count} inputs`,
  });
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
