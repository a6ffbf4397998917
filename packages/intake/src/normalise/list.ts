// No white space around the separators here: trimming afterwards takes time by the length, not by its square.
const HIERARCHY = /->|→|»|\s>\s/;
const HARD_SEPARATORS = /[;|\n]/;

/**
 * A list as exports write it: `A; B`, `A | B`, `A -> B`, one a line, or with commas when `commas` allows it and no stronger
 * separator occurs. Empty entries and repetitions (whatever their case) are dropped.
 */
export function normaliseList(text: string, options: { readonly commas: boolean }): readonly string[] {
  const bare = /^\[.*\]$/s.test(text) ? text.slice(1, -1).replace(/["']/g, "") : text;
  const seen = new Set<string>();
  return split(bare, options.commas || bare !== text).filter((entry) => {
    const folded = entry.toLowerCase();
    if (entry === "" || seen.has(folded)) return false;
    seen.add(folded);
    return true;
  });
}

function split(text: string, commas: boolean): string[] {
  const strong = text.split(HARD_SEPARATORS).flatMap((part) => part.split(HIERARCHY));
  const parts = strong.length === 1 && commas ? text.split(",") : strong;
  return parts.map((part) => part.trim());
}
