import type { EmbeddingModel, LanguageModel, TenantStores } from "@salesagent/ports";
import { guarded } from "../model/guarded.js";
import { checkOption, checkSpan, checkWhole } from "../resilience/check-option.js";
import { type AnswerCacheOptions, resolveAnswerCache, type TenantScoped } from "./cache-options.js";
import { SemanticCache, type SemanticSettings } from "./semantic-cache.js";
import { wrapModel } from "./wrap-model.js";

/** How {@link withSemanticCache} works. */
export interface SemanticCacheOptions extends AnswerCacheOptions {
  /** Where answers are kept: a `Storage`. */
  readonly storage: TenantScoped<Pick<TenantStores, "vectors">>;
  /** Turns the last message into a vector. */
  readonly embeddings: EmbeddingModel;
  /**
   * How alike two texts must be, as cosine similarity, > 0 and ≤ 1. What is right depends on the embedding model: measure it on
   * texts of your own. @defaultValue 0.97
   */
  readonly minSimilarity?: number | undefined;
  /** Length of the vectors, for models that can shorten them. @defaultValue the model's own */
  readonly dimensions?: number | undefined;
  /** Longer texts are not compared: in them, what matters is lost in what is alike. @defaultValue 2_000 */
  readonly maxTextChars?: number | undefined;
  /** Where the embedding model runs. Calls with `locality: "local"` are compared only where this is local, too. @defaultValue "cloud" */
  readonly embeddingsLocality?: "local" | "cloud" | undefined;
  /** After this time, the call goes on without an embedding. @defaultValue 5_000 */
  readonly embeddingTimeoutMs?: number | undefined;
}

/**
 * The same model, which answers a request from a cache when one that means the same was answered before. Nobody gets it unasked:
 * what is alike is not the same, and a wrong hit is a wrong answer.
 *
 * Only the text of the last message is compared by meaning. Equal must be all the rest: the tenant, the lead, the model, system
 * texts, earlier messages, settings, and in the text itself numbers, addresses and names of sites. Never compared are requests
 * with tools, with files in the last message, or with text in it that came from outside (`origin: "external"`): such a text could
 * be worded to fetch an answer that was meant for somebody else.
 *
 * The embedding is an attempt like any other: guards are asked for it, and the finish counts it, on a hit as on a miss. For one
 * flight of equal calls, put `withCache` around it.
 *
 * @throws TypeError or RangeError naming the option, such as `semanticCache.minSimilarity`.
 */
export function withSemanticCache(model: LanguageModel, options: SemanticCacheOptions): LanguageModel {
  const settings = resolveSemanticCache(options);
  const inner = guarded(model, settings.clock);
  const cache = new SemanticCache(inner, settings);
  return wrapModel(inner, (request, call) => {
    const asked = cache.serves(request, call);
    return asked && (({ signal }) => cache.read(asked, signal));
  });
}

function resolveSemanticCache(options: SemanticCacheOptions): SemanticSettings {
  const shared = resolveAnswerCache("semanticCache", options);
  const { storage, embeddings, dimensions, embeddingsLocality: locality = "cloud" } = options;
  const { minSimilarity = 0.97, maxTextChars = 2_000, embeddingTimeoutMs: limitMs = 5_000 } = options;
  if (typeof embeddings?.embed !== "function") {
    throw new TypeError("semanticCache.embeddings must be an EmbeddingModel");
  }
  checkOption(
    "semanticCache.minSimilarity",
    minSimilarity,
    "a number > 0 and ≤ 1",
    (it) => it > 0 && it <= 1,
  );
  checkWhole("semanticCache.maxTextChars", maxTextChars, 1);
  checkSpan("semanticCache.embeddingTimeoutMs", limitMs, 1);
  if (dimensions !== undefined) checkWhole("semanticCache.dimensions", dimensions, 1);
  if (locality !== "cloud" && locality !== "local") {
    throw new TypeError('semanticCache.embeddingsLocality must be "local" or "cloud"');
  }
  const { clock, onStoreError: onError } = shared;
  return {
    ...shared,
    storage,
    minSimilarity,
    maxTextChars,
    embed: { embeddings, dimensions, locality, clock, limitMs, onError },
  };
}
