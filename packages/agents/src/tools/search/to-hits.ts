import type { SearchHit } from "../../ports/search-backend.js";
import { isRecord } from "../../services/service-failure.js";

const MAX_SNIPPET_CHARS = 1_000;
const MAX_TITLE_CHARS = 300;

/**
 * Results as services list them, as hits: those with an http(s) address, each once.
 *
 * @param snippetField - What the service calls the text of a result.
 */
export function toHits(results: readonly unknown[], snippetField: string, maxResults: number): SearchHit[] {
  const hits = new Map<string, SearchHit>();
  for (const result of results) {
    if (hits.size === maxResults) break;
    const url = isRecord(result) ? textOf(result["url"]) : "";
    if (!isRecord(result) || !/^https?:\/\//i.test(url) || hits.has(url)) continue;
    const publishedAt =
      textOf(result["publishedDate"]) || textOf(result["pubdate"]) || textOf(result["date"]);
    hits.set(url, {
      title: textOf(result["title"]).slice(0, MAX_TITLE_CHARS),
      url,
      snippet: textOf(result[snippetField]).slice(0, MAX_SNIPPET_CHARS),
      ...(publishedAt === "" ? {} : { publishedAt }),
    });
  }
  return [...hits.values()];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
