/** The addresses in a text, in one spelling. */
export function urlsIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [match] of text.matchAll(/https?:\/\/[^\s"'<>\\`]+/gi)) found.add(toSource(match));
  return found;
}

/** One spelling for addresses that lead to the same page: without a fragment, a slash or a full stop at the end. */
export function toSource(text: string): string {
  const trimmed = text.trim().replace(/[.,;:!?)\]]+$/, "");
  if (!URL.canParse(trimmed)) return trimmed;
  const url = new URL(trimmed);
  url.hash = "";
  return url.href.replace(/\/$/, "");
}
