import type {
  FinishEvent,
  JsonValue,
  LanguageModel,
  ModelCallOptions,
  ModelEvent,
  ModelRequest,
  ModelResult,
  TenantStores,
  VectorMatch,
} from "@salesagent/ports";
import { sha256 } from "../kernel/sha256.js";
import type { AnswerCacheSettings, TenantScoped } from "./cache-options.js";
import { isWorthKeeping } from "./cache-rules.js";
import { type EmbeddedText, type EmbedOptions, embedText } from "./embed-text.js";
import { withEmbedding } from "./embedding-cost.js";
import type { FoundAnswer } from "./flight.js";
import { ageOf, byteLength, readAnswer, replayAnswer, writeAnswer } from "./kept-answer.js";
import { isObject } from "./kept-part.js";
import { type Meaning, meaningOf } from "./meaning.js";
import { requestKey, requestText } from "./request-key.js";
import { type SpareOptions, spare } from "./spare-work.js";

/** The version of what is kept, and of how collections are named. */
const KIND = "semantic-answer/1";

/** The options of the semantic cache with their defaults, beyond those of every cache. */
export interface SemanticSettings extends AnswerCacheSettings {
  readonly storage: TenantScoped<Pick<TenantStores, "vectors">>;
  readonly embed: EmbedOptions;
  readonly minSimilarity: number;
  readonly maxTextChars: number;
}

/** A call that may be answered by the meaning of its last message. */
export interface SemanticCall {
  readonly request: ModelRequest;
  readonly call: ModelCallOptions;
  readonly tenant: string;
  readonly meaning: Meaning;
}

interface Place {
  readonly tenant: string;
  readonly collection: string;
  readonly text: string;
  readonly vector: Float32Array;
}

/** The answers of one model, to be found by what was asked. */
export class SemanticCache {
  readonly #model: LanguageModel;
  readonly #settings: SemanticSettings;
  readonly #store: SpareOptions;

  /** @param model - Asks guards itself. */
  constructor(model: LanguageModel, settings: SemanticSettings) {
    this.#model = model;
    this.#settings = settings;
    const { clock, storeTimeoutMs: limitMs, onStoreError: onError } = settings;
    this.#store = { clock, limitMs, onError };
  }

  /** @returns Nothing for a call that must not be answered by meaning. */
  serves(request: ModelRequest, call: ModelCallOptions): SemanticCall | undefined {
    const { embed, maxTextChars, shouldCache } = this.#settings;
    const tenant = call.scope?.tenant ?? this.#settings.tenant;
    if (tenant === undefined || (call.locality === "local" && embed.locality !== "local")) return undefined;
    const meaning = meaningOf(request, maxTextChars);
    return meaning && shouldCache(request, call) ? { request, call, tenant, meaning } : undefined;
  }

  async *read(asked: SemanticCall, signal: AbortSignal): AsyncGenerator<readonly ModelEvent[], void, void> {
    const { clock, embed } = this.#settings;
    const startedMs = clock.elapsed();
    const collection = await this.#collectionOf(asked);
    const embedded: EmbeddedText =
      collection === undefined ? {} : await embedText(embed, asked.meaning.text, asked.call, signal);
    const { tenant, meaning } = asked;
    const place =
      collection === undefined || embedded.vector === undefined
        ? undefined
        : { tenant, collection, text: meaning.text, vector: embedded.vector };
    const found = place && (await this.#lookUp(place, signal));
    const spentMs = clock.elapsed() - startedMs;
    if (found) {
      yield [...replayAnswer(found.answer), finishOf(found, embedded, spentMs)];
      return;
    }
    yield* this.#ask(asked, signal, place, (finish) => withEmbedding(finish, embedded.attempt, spentMs));
  }

  async *#ask(
    { request, call }: SemanticCall,
    signal: AbortSignal,
    place: Place | undefined,
    toFinish: (finish: FinishEvent) => FinishEvent,
  ): AsyncGenerator<readonly ModelEvent[], void, void> {
    const stream = this.#model.stream(request, { ...call, signal });
    for await (const event of stream) {
      const events = [event, ...(stream.buffered?.() ?? [])];
      const last = events.at(-1);
      if (last?.type !== "finish") {
        yield events;
        continue;
      }
      if (events.length > 1) yield events.slice(0, -1);
      if (place) await this.#keep(place, request, await stream.result());
      yield [toFinish(last)];
    }
  }

  /** All that must be equal has one collection, so that nothing else can be near. */
  async #collectionOf({ request, call, meaning }: SemanticCall): Promise<string | undefined> {
    const { keyParts, embed } = this.#settings;
    const { provider, modelId } = embed.embeddings;
    const own: JsonValue = {
      host: keyParts(request, call) ?? null,
      embeddings: [provider, modelId, embed.dimensions ?? null],
      // Two leads are much alike to an embedding; the answer for one is never given for the other.
      lead: call.scope?.leadId ?? null,
      words: meaning.exactWords,
    };
    const text = requestText({ model: this.#model, request: meaning.rest, call, own });
    return text === undefined ? undefined : requestKey(KIND, text);
  }

  #lookUp({ tenant, collection, vector }: Place, caller: AbortSignal): Promise<FoundAnswer | undefined> {
    const { storage, minSimilarity, clock, ttlMs } = this.#settings;
    return spare(this.#store, "read", caller, async (signal) => {
      const { vectors } = storage.tenant(tenant);
      const [match] = await vectors.nearest(collection, vector, { limit: 1, minSimilarity }, { signal });
      return match && readMatch(match, clock.now(), ttlMs);
    });
  }

  async #keep(place: Place, request: ModelRequest, result: ModelResult): Promise<void> {
    const { storage, clock, ttlMs, maxEntryBytes, shouldKeep } = this.#settings;
    const { tenant, collection, text, vector } = place;
    await spare(this.#store, "write", undefined, async (signal) => {
      if (!isWorthKeeping(request, result, false) || !shouldKeep(result, request)) return;
      const answer = writeAnswer(result);
      if (byteLength(answer) > maxEntryBytes) return;
      const createdAt = new Date(clock.now()).toISOString();
      const expiresAt = new Date(clock.now() + ttlMs).toISOString();
      const item = { id: await sha256(text), vector, data: { answer, createdAt, expiresAt }, expiresAt };
      await storage.tenant(tenant).vectors.putMany(collection, [item], { signal });
    });
  }
}

function readMatch({ data, similarity }: VectorMatch, nowMs: number, ttlMs: number): FoundAnswer | undefined {
  if (!isObject(data)) return undefined;
  const { answer: kept, createdAt, expiresAt } = data;
  if (typeof kept !== "string" || typeof createdAt !== "string" || typeof expiresAt !== "string")
    return undefined;
  const answer = readAnswer(kept);
  const ageMs = ageOf({ createdAt, expiresAt }, nowMs, ttlMs);
  if (!answer || ageMs === undefined) return undefined;
  return { answer, hit: { kind: "semantic", ageMs, similarity } };
}

function finishOf({ answer, hit }: FoundAnswer, { attempt }: EmbeddedText, spentMs: number): FinishEvent {
  const finish: FinishEvent = {
    type: "finish",
    reason: answer.reason,
    usage: {},
    costUsd: 0,
    timings: { firstTokenMs: 0, totalMs: 0 },
    attempts: [],
    cache: hit,
  };
  return withEmbedding(finish, attempt, spentMs);
}
