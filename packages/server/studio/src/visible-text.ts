/**
 * Characters that nobody sees, and that make a text read as another: controls, marks that turn its direction, and spaces without
 * width. Joiners of scripts and of emoji stay.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cs}\u00ad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;

/** A text as it is, with what can't be seen told: an address that is shown is the address that is meant. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟦U+${code}⟧`;
  });
}
