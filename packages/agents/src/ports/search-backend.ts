import type { CallOptions } from "@salesagent/ports";

/** A question to a search engine. */
export interface SearchQuery {
  readonly text: string;
  readonly maxResults: number;
  /** Nothing older than this. */
  readonly recency?: "day" | "week" | "month" | "year" | undefined;
}

/** One page that was found. */
export interface SearchHit {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
  /** As the engine tells it, such as `2026-03-01`. */
  readonly publishedAt?: string;
}

/** What was found; no hits mean that the engines answered and found nothing. */
export interface SearchFindings {
  readonly hits: readonly SearchHit[];
  /** Engines that did not answer, where others did. */
  readonly silentEngines?: readonly string[];
}

/** What searches the web. */
export interface SearchBackend {
  readonly port: "search-backend/1";
  /** Such as `searxng`. */
  readonly provider: string;
  /** @throws `service.…`; also when no engine answered at all. */
  search(query: SearchQuery, call?: CallOptions): Promise<SearchFindings>;
}
