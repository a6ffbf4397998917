const MASK = "[secret]";

/** Takes secrets out of text that came from a vendor: some repeat the key that they refuse. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 4) clean = clean.replaceAll(secret, MASK);
  }
  return clean;
}

/** The first words of a vendor's text, on one line, without secrets: fit for a message. */
export function excerpt(text: string, secrets: readonly string[], maxChars = 300): string {
  const line = scrub(text, secrets).replace(/\s+/g, " ").trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1)}…`;
}
