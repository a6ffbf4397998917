export type { AnswerCacheOptions, TenantScoped } from "./cache-options.js";
export type { CacheStep } from "./spare-work.js";
export { type CacheOptions, withCache } from "./with-cache.js";
export { type SemanticCacheOptions, withSemanticCache } from "./with-semantic-cache.js";
