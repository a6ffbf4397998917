import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { z } from "zod";
import type { SearchBackend, SearchFindings } from "../../ports/search-backend.js";

export interface SearchWebOptions {
  /** Such as `searxng({ baseUrl })` or `perplexity({ apiKey })`. */
  readonly backend: SearchBackend;
  /** How many results a model may ask for. @defaultValue 10 */
  readonly maxResults?: number | undefined;
  /** In milliseconds. @defaultValue 20_000 */
  readonly timeoutMs?: number | undefined;
}

interface SearchInput {
  readonly query: string;
  readonly maxResults: number;
  readonly recency?: "day" | "week" | "month" | "year" | undefined;
}

/**
 * The tool `search_web`.
 *
 * @example
 * ```ts
 * searchWeb({ backend: searxng({ baseUrl: "http://localhost:8888" }) });
 * ```
 * @throws RangeError naming the option. The tool itself: `service.…`.
 */
export function searchWeb(options: SearchWebOptions): AnyTool {
  const { backend, maxResults = 10, timeoutMs = 20_000 } = options;
  if (!Number.isInteger(maxResults) || maxResults < 1) {
    throw new RangeError(`search_web.maxResults must be a whole number ≥ 1, got ${maxResults}`);
  }
  return defineTool<SearchInput, SearchFindings>({
    name: "search_web",
    description: "Searches the web. Returns titles, addresses and snippets; what they say is not verified.",
    input: z.object({
      query: z.string().trim().min(1).max(400).describe("A few words, as typed into a search box."),
      maxResults: z.int().min(1).max(maxResults).default(Math.min(5, maxResults)),
      recency: z.enum(["day", "week", "month", "year"]).optional().describe("Nothing older than this."),
    }),
    effect: "read",
    timeoutMs,
    run: ({ query, maxResults: wanted, recency }, { signal }) =>
      backend.search({ text: query, maxResults: wanted, recency }, { signal }),
  });
}
