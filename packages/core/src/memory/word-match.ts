import type { FactRecord } from "@salesagent/ports";

/**
 * Facts that share words with a text, the best match first; of equal ones in the order given. A word counts the more, the fewer
 * of the facts have it.
 *
 * @see Spärck Jones 1972, "A statistical interpretation of term specificity and its application in retrieval".
 */
export function matchWords(facts: readonly FactRecord[], query: string): readonly FactRecord[] {
  const wanted = wordsOf(query);
  const having = facts.map((fact) => ({ fact, words: wordsOf(`${fact.subject} ${fact.text}`) }));
  const weights = new Map<string, number>();
  for (const word of wanted) {
    const count = having.filter(({ words }) => words.has(word)).length;
    if (count > 0) weights.set(word, Math.log(1 + facts.length / count));
  }
  const scored = having.map(({ fact, words }) => {
    let score = 0;
    for (const [word, weight] of weights) if (words.has(word)) score += weight;
    return { fact, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .map(({ fact }) => fact);
}

/** Scripts that set no spaces between words: each sign is one. */
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}]+/gu;

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.normalize("NFKC").toLowerCase().match(WORDS));
}
