import { hostName } from "./host-rules.js";

/** Headers, or a function that fetches them for each request, such as from a vault. */
export type HeaderSource =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

/** Headers that go to one host each, by `api.example.com` or `api.example.com:8443`. */
export type HostHeaders = Readonly<Record<string, HeaderSource>>;

/**
 * The host app's own headers for a URL, with names in lower case. They go to the host that they are for, and by https only,
 * unless private addresses are allowed.
 */
export async function ownHeadersFor(
  url: URL,
  sources: HostHeaders,
  allowPlain: boolean,
): Promise<Readonly<Record<string, string>>> {
  const key = url.port === "" ? hostName(url) : `${hostName(url)}:${url.port}`;
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined;
  if (source === undefined || (url.protocol !== "https:" && !allowPlain)) return {};
  const headers = typeof source === "function" ? await source() : source;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
