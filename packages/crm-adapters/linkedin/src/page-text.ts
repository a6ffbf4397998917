/** Characters that direct a terminal or turn a text around, and line ends where one line is meant. */
const CONTROLS = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** One line of somebody else's text: without what is invisible, and no longer than allowed. */
export function lineOf(value: unknown, maxChars = 300): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = value.replace(CONTROLS, " ").replace(/\s+/g, " ").trim();
  return line === "" ? undefined : Array.from(line).slice(0, maxChars).join("");
}

/** Several lines of somebody else's text. */
export function paragraphOf(value: unknown, maxChars = 5_000): string | undefined {
  if (typeof value !== "string") return undefined;
  const lines = value.replace(/<[^>]{0,200}>/g, " ").split(/\r?\n/);
  const text = lines.flatMap((line) => lineOf(line, maxChars) ?? []).join("\n");
  return text === "" ? undefined : Array.from(text).slice(0, maxChars).join("");
}
