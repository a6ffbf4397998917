import type { Mentions } from "@salesagent/ports/store-rules";

/** The only letters of ASCII that letters beyond it are equal to without regard to case: U+212A and U+017F. */
const SHARED_LETTERS: ReadonlySet<string> = new Set(["k", "s"]);
const SIGNS_OF_PATTERNS = /[\\%_]/;

/**
 * Patterns for {@link said}, of which at least one fits whatever mentions the person. They may fit more: a letter that a
 * database may not know the cases of stands for any sign, so that it does not matter how its locale is set.
 */
export function toMentionPatterns({ texts }: Pick<Mentions, "texts">): readonly string[] {
  // as a text is in a column of text, and as it is within JSON
  const forms = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
  const storable = forms.filter((form) => !form.includes("\0"));
  return [...new Set(storable.map((form) => `%${[...form].map(toSign).join("").replace(/\s+/g, "%")}%`))];
}

/** SQL for what columns say, in one text, with the letters of ASCII in lower case. */
export function said(columns: readonly string[]): string {
  return `lower(concat_ws(E'\\n', ${columns.join(", ")}) collate "C")`;
}

function toSign(sign: string): string {
  if (SIGNS_OF_PATTERNS.test(sign)) return `\\${sign}`;
  const hasCases = sign.toLowerCase() !== sign.toUpperCase();
  const isSure = sign <= "\x7f" && !SHARED_LETTERS.has(sign);
  return hasCases && !isSure ? "_" : sign;
}
