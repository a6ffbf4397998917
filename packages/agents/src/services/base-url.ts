/**
 * A base URL without slashes at its end.
 *
 * @param option - The option's path, for the error.
 * @throws TypeError when the text is not an http(s) URL.
 */
export function resolveBaseUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return text.replace(/\/+$/, "");
  throw new TypeError(`${option} must be an http or https URL, such as https://search.example.com`);
}
