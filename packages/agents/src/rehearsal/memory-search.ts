import type { SearchBackend, SearchHit } from "../ports/search-backend.js";

/** A search engine in memory, for tests and rehearsals: pages whose title or snippet holds every word that is asked for. */
export function memorySearch(pages: readonly SearchHit[]): SearchBackend {
  return {
    port: "search-backend/1",
    provider: "memory",
    search: async ({ text, maxResults }, { signal } = {}) => {
      signal?.throwIfAborted();
      const words = text.toLowerCase().split(/\s+/);
      const hits = pages.filter(({ title, snippet }) => {
        const page = `${title} ${snippet}`.toLowerCase();
        return words.every((word) => page.includes(word));
      });
      return { hits: hits.slice(0, maxResults) };
    },
  };
}
