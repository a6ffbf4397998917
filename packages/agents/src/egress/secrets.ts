const MASK = "[secret]";

/** Shorter values would mask ordinary words. */
const SHORTEST_SECRET = 6;

/** Takes secrets out of text that came from outside: some servers repeat what they were sent. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) clean = clean.replaceAll(secret, MASK);
  }
  return clean;
}

/** What is secret in a header's value: all of it and, behind a scheme such as `Bearer`, the token. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers).flatMap((value) => [value, ...value.split(" ").slice(1)]);
}
