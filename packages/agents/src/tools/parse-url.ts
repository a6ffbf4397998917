import { blocked } from "../egress/blocked.js";

/**
 * The URL that a model named.
 *
 * @throws `http.blocked` when it is none.
 */
export function parseUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw blocked(
    "",
    "url",
    `"${text.slice(0, 100)}" is no absolute URL. Use one such as https://example.com/page.`,
  );
}
