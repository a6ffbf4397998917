import type { ModelRequest, Origin } from "@salesagent/ports";
import { touchesTools } from "./cache-rules.js";

/** A request, taken apart into what is compared by meaning and what must be equal. */
export interface Meaning {
  /** The text of the last message. */
  readonly text: string;
  /** The words of the text whose likeness means nothing. */
  readonly exactWords: readonly string[];
  /** The request without that text. */
  readonly rest: ModelRequest;
}

/**
 * Who may have written a text that fetches an answer by its meaning. Not others than the host and his user: whoever writes a
 * mail or a web page could word it so that it comes out near to the text of somebody else, and be given that answer.
 */
const TRUSTED: ReadonlySet<Origin> = new Set(["user", "developer", "system"]);

/**
 * Takes a request apart.
 *
 * @returns Nothing for a request that must not be compared by meaning: with tools, with a last message that is not the user's,
 * has a file, is blank or long, or was written from outside.
 */
export function meaningOf(request: ModelRequest, maxTextChars: number): Meaning | undefined {
  const last = request.messages.at(-1);
  if (last?.role !== "user" || touchesTools(request)) return undefined;
  const texts: string[] = [];
  const shapes: (typeof last.parts)[number][] = [];
  for (const part of last.parts) {
    if (part.type !== "text" || !TRUSTED.has(part.origin)) return undefined;
    texts.push(part.text);
    shapes.push({ ...part, text: "" });
  }
  const text = texts.join("\n");
  if (text.trim() === "" || text.length > maxTextChars) return undefined;
  const messages = [...request.messages.slice(0, -1), { ...last, parts: shapes }];
  return { text, exactWords: exactWordsOf(text), rest: { ...request, messages } };
}

/** What stands around a word without being part of it; signs, currencies and percents are. */
const SENTENCE_MARKS = /^[\p{Ps}\p{Pi}"'¿¡]+|[.,;:!?…"'\p{Pe}\p{Pf}]+$/gu;

/**
 * Numbers, addresses and names of sites, in order. To an embedding, 5 seats and 50 seats are nearly the same, and so are two
 * mail addresses.
 */
function exactWordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .map((word) => word.replace(SENTENCE_MARKS, ""))
    .filter((word) => /\p{N}|[@/\\]|[^.]\.[^.]/u.test(word));
}
