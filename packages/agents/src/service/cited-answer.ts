import { z } from "zod";
import type { Passage } from "../ports/knowledge-search.js";
import type { Source } from "./service-state.js";

/** What the model that answers gives. */
export const answerSchema = z.object({
  answered: z.boolean().describe("Whether the passages answer the question"),
  sentences: z
    .array(
      z.object({
        text: z.string().min(1).max(1_000),
        passages: z.array(z.int().min(1)).max(10).describe("Numbers of the passages that say it"),
      }),
    )
    .max(20),
});

export type ModelAnswer = z.output<typeof answerSchema>;

/** An answer whose sentences all rest on passages, or why there is none. */
export type CitedAnswer =
  | { readonly text: string; readonly sources: readonly Source[] }
  | { readonly problem: "no-knowledge" | "unsupported" };

/**
 * Lets an answer through only as a whole: each sentence names passages that were found, and each number in it stands in one of
 * them or in the question. Whether a passage really says what is told of it is the model's word beyond that.
 */
export function citedAnswer(
  { answered, sentences }: ModelAnswer,
  passages: readonly Passage[],
  question: string,
): CitedAnswer {
  if (!answered || sentences.length === 0) return { problem: "no-knowledge" };
  const cited = new Set<Passage>();
  for (const { text, passages: numbers } of sentences) {
    const own = numbers.flatMap((number) => passages[number - 1] ?? []);
    if (own.length === 0 || own.length < numbers.length) return { problem: "unsupported" };
    const known = numbersIn(
      [question, ...own.map(({ title = "", text: said }) => `${title} ${said}`)].join("\n"),
    );
    for (const number of numbersIn(text)) if (!known.has(number)) return { problem: "unsupported" };
    for (const passage of own) cited.add(passage);
  }
  return { text: sentences.map(({ text }) => text.trim()).join(" "), sources: [...cited].map(toSource) };
}

/** Numbers, in one spelling: without what groups digits. */
function numbersIn(text: string): ReadonlySet<string> {
  const found = text.match(/\d+(?:[.,'’\u00a0\u202f]\d+)*/g) ?? [];
  return new Set(
    found.map((number) => number.replace(/[.,'’\u00a0\u202f](?=\d{3}(?!\d))/g, "").replace(",", ".")),
  );
}

function toSource({ id, title, url }: Passage): Source {
  return { id, ...(title !== undefined && { title }), ...(url !== undefined && { url }) };
}
