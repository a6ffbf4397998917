import { type JsonValue, SalesAgentError } from "@salesagent/ports";
import type { Fetch } from "../../egress/fetch.js";
import type { SearchBackend, SearchFindings, SearchQuery } from "../../ports/search-backend.js";
import { resolveBaseUrl } from "../../services/base-url.js";
import { callForJson, malformed } from "../../services/service-call.js";
import { isRecord } from "../../services/service-failure.js";
import { toHits } from "./to-hits.js";

export interface SearxngOptions {
  /** Where your server is, such as `http://localhost:8888`. Its settings must enable `search.formats: [html, json]`. */
  readonly baseUrl: string;
  /** Headers for each request, such as a proxy's key. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Categories, such as `general,news`. @defaultValue the server's own */
  readonly categories?: string | undefined;
  /** @defaultValue the server's own */
  readonly language?: string | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
}

const service = "searxng";

/** SearXNG has no range of a week. */
const TIME_RANGES = { day: "day", week: "month", month: "month", year: "year" } as const;

/**
 * Searches by a SearXNG server of your own.
 *
 * @throws TypeError when the base URL is none.
 * @see https://docs.searxng.org/dev/search_api.html
 */
export function searxng(options: SearxngOptions): SearchBackend {
  const baseUrl = resolveBaseUrl(options.baseUrl, "searxng.baseUrl");
  const headers = { accept: "application/json", ...options.headers };
  return {
    port: "search-backend/1",
    provider: service,
    async search(query, { signal } = {}) {
      const url = `${baseUrl}/search?${toParameters(query, options)}`;
      const secrets = Object.values(options.headers ?? {});
      const call = { service, url, method: "GET", headers, fetch: options.fetch, secrets, signal } as const;
      try {
        return fromAnswer(await callForJson(call), query);
      } catch (error) {
        throw SalesAgentError.is(error, "service.auth") ? explainForbidden(error) : error;
      }
    },
  };
}

function toParameters(
  { text, recency }: SearchQuery,
  { categories, language }: SearxngOptions,
): URLSearchParams {
  return new URLSearchParams({
    q: text,
    format: "json",
    ...(categories === undefined ? {} : { categories }),
    ...(language === undefined ? {} : { language }),
    ...(recency === undefined ? {} : { time_range: TIME_RANGES[recency] }),
  });
}

function fromAnswer(answer: JsonValue, query: SearchQuery): SearchFindings {
  if (!isRecord(answer) || !Array.isArray(answer["results"]))
    throw malformed({ service }, "has no list of results");
  const hits = toHits(answer["results"], "content", query.maxResults);
  const unresponsive = Array.isArray(answer["unresponsive_engines"]) ? answer["unresponsive_engines"] : [];
  const silentEngines = unresponsive.map((pair) => String(Array.isArray(pair) ? pair[0] : pair));
  if (hits.length === 0 && silentEngines.length > 0) {
    throw new SalesAgentError("service.unavailable", {
      message: `No engine of SearXNG answered: ${silentEngines.slice(0, 10).join(", ")}. This does not mean that nothing is to be found.`,
      facts: { service },
      replay: "safe",
    });
  }
  return silentEngines.length === 0 ? { hits } : { hits, silentEngines };
}

/** SearXNG refuses a format that is not enabled by 403, as if a key were wrong. */
function explainForbidden(error: SalesAgentError<"service.auth">): SalesAgentError {
  if (error.facts.status !== 403) return error;
  return new SalesAgentError("service.refused", {
    message: "SearXNG refuses to answer in JSON. Enable it in settings.yml: `search.formats: [html, json]`.",
    facts: error.facts,
    replay: "safe",
    cause: error,
  });
}
