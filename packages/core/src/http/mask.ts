const MASK = "[secret]";

/** Shorter values would mask ordinary words. */
const SHORTEST_SECRET = 4;

/** Names of fields whose values are secrets, in queries and in bodies. */
const SECRET_FIELD =
  /((?:api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|token|client[_-]?secret|secret|password|authorization|signature|hapikey|code_verifier)["']?\s*[=:]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"'&,;}<]+/gi;
const SCHEME = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const EMAIL = /[^\s"'<>()[\]:;,@=&]+(?:@|%40)[^\s"'<>()[\]:;,@&]+\.[a-z]{2,}/gi;
const LONG_NUMBER = /\+?\d[\d ().-]{6,}\d/g;

/** Takes secrets out of text that came from outside, however they are written there: some servers repeat what they were sent. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest first: one may be a part of another.
  for (const secret of [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST_SECRET) clean = clean.replaceAll(secret, MASK);
  }
  return clean.replace(SECRET_FIELD, `$1${MASK}`).replace(SCHEME, `$1 ${MASK}`);
}

function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** The first words of an answer on one line, without markup, secrets, addresses and long numbers: fit for a message. */
export function excerpt(text: string, secrets: readonly string[], maxChars = 200): string {
  const words = text
    .slice(0, 20_000)
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ");
  const line = maskSecrets(words, secrets)
    .replace(EMAIL, "[e-mail]")
    .replace(LONG_NUMBER, "[number]")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1)}…`;
}
