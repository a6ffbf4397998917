const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "xi-api-key",
  "cookie",
]);

/** Headers with keys and cookies shortened to their last four characters. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name) ? redact(value) : value]),
  );
}

/** A query with its `key` shortened (Gemini takes one there). */
export function redactQuery(query: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, name === "key" ? redact(value) : value]),
  );
}

/** A path and query for logs and messages, without the key that Gemini takes in the query. */
export function redactUrl(url: string): string {
  return url.replace(/([?&]key=)[^&]*/g, "$1…");
}

function redact(value: string): string {
  const [, scheme = "", secret = ""] = /^(\S+ )?(.*)$/s.exec(value) ?? [];
  return `${scheme}…${secret.length > 8 ? secret.slice(-4) : ""}`;
}
