import type { Fetch } from "../../egress/fetch.js";
import type { SearchBackend } from "../../ports/search-backend.js";
import { type ApiKey, resolveApiKey } from "../../services/api-key.js";
import { resolveBaseUrl } from "../../services/base-url.js";
import { callForJson, malformed } from "../../services/service-call.js";
import { isRecord } from "../../services/service-failure.js";
import { toHits } from "./to-hits.js";

export interface PerplexityOptions {
  readonly apiKey: ApiKey;
  /** @defaultValue https://api.perplexity.ai */
  readonly baseUrl?: string | undefined;
  /** Domains to search alone or, with a `-` before them, to leave out. */
  readonly domains?: readonly string[] | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "perplexity";

/**
 * Searches by Perplexity's search API, which brings pages and no written answer.
 *
 * @throws TypeError when the base URL is none.
 * @see https://docs.perplexity.ai/api-reference/search-post
 */
export function perplexity(options: PerplexityOptions): SearchBackend {
  const baseUrl = resolveBaseUrl(options.baseUrl ?? "https://api.perplexity.ai", "perplexity.baseUrl");
  return {
    port: "search-backend/1",
    provider: service,
    async search({ text, maxResults, recency }, { signal } = {}) {
      const apiKey = await resolveApiKey(service, options.apiKey);
      const answer = await callForJson({
        service,
        url: `${baseUrl}/search`,
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({
          query: text,
          max_results: maxResults,
          search_recency_filter: recency,
          search_domain_filter: options.domains,
          country: options.country,
        }),
        fetch: options.fetch,
        secrets: [apiKey],
        signal,
      });
      if (!isRecord(answer) || !Array.isArray(answer["results"]))
        throw malformed({ service }, "has no list of results");
      return { hits: toHits(answer["results"], "snippet", maxResults) };
    },
  };
}
