import type { KnowledgeSearch, Passage } from "../ports/knowledge-search.js";

/** Knowledge in memory, for tests and rehearsals: passages that share the most words of four letters or more with the question. */
export function memoryKnowledge(passages: readonly Passage[]): KnowledgeSearch {
  return {
    port: "knowledge-search/1",
    provider: "memory",
    search: async ({ text, maxPassages }, { signal }) => {
      signal?.throwIfAborted();
      const asked = wordsOf(text);
      return passages
        .map((passage) => ({ passage, shared: countShared(asked, passage) }))
        .filter(({ shared }) => shared > 0)
        .sort((a, b) => b.shared - a.shared)
        .slice(0, maxPassages)
        .map(({ passage }) => passage);
    },
  };
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu));

function countShared(asked: ReadonlySet<string>, { title = "", text }: Passage): number {
  const words = wordsOf(`${title} ${text}`);
  return [...asked].filter((word) => words.has(word)).length;
}
