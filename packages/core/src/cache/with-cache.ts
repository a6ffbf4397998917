import type { LanguageModel, TenantStores } from "@salesagent/ports";
import { guarded } from "../model/guarded.js";
import { type AnswerCacheOptions, resolveAnswerCache, type TenantScoped } from "./cache-options.js";
import { ExactCache } from "./exact-cache.js";
import { wrapModel } from "./wrap-model.js";

/** How {@link withCache} works. */
export interface CacheOptions extends AnswerCacheOptions {
  /** Where answers are kept: a `Storage`. */
  readonly storage: TenantScoped<Pick<TenantStores, "cache">>;
  /**
   * Caches requests that offer tools, or tell of tools that were called, too. An answer that calls a tool is then given again,
   * and the tool runs again. @defaultValue false
   */
  readonly cacheTools?: boolean | undefined;
}

/**
 * The same model, which answers a request that it has answered before from a cache, and asks once where equal calls come at the
 * same time. Equal are requests of one tenant that differ in nothing but `cacheKey`, for the same model, `task` and `locality`.
 *
 * Kept are whole answers only, without an error, a length limit or a filter, and of requests without tools. A hit has `cache` in its
 * finish, costs nothing and asks no guards. Calls that share one call of the model get its events live; the one that began it
 * has the cost, the others have 0. A store that is away, or an entry that can't be read, is a miss.
 *
 * @throws TypeError or RangeError naming the option, such as `cache.ttlMs`.
 */
export function withCache(model: LanguageModel, options: CacheOptions): LanguageModel {
  const { storage, cacheTools = false } = options;
  const settings = { ...resolveAnswerCache("cache", options), storage, cacheTools };
  const inner = guarded(model, settings.clock);
  const cache = new ExactCache(inner, settings);
  return wrapModel(inner, (request, call) => {
    return cache.serves(request, call) ? ({ signal }) => cache.read(request, call, signal) : undefined;
  });
}
