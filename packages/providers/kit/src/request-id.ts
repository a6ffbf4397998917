import { excerpt } from "./secrets.js";

/** The id that a vendor gave to a request; nothing where it gave none. A header is a vendor's text: it may repeat the key. */
export function readRequestId(
  headers: Headers,
  header: string | undefined,
  secrets: readonly string[],
): string | undefined {
  const id = header === undefined ? null : headers.get(header);
  return id ? excerpt(id, secrets) : undefined;
}
