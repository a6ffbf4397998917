import type { QueryFields, QueryValue } from "./service-request.js";

/**
 * A path whose parts that vary are encoded: `urlPath\`/contact/${id}/\``.
 *
 * @throws TypeError for a part that is empty, `.` or `..`, which would name another resource.
 */
export function urlPath(fixed: TemplateStringsArray, ...parts: readonly (string | number)[]): string {
  return fixed.reduce((path, text, index) => path + encodePart(parts[index - 1]) + text);
}

function encodePart(part: string | number | undefined): string {
  const text = String(part ?? "");
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`urlPath: a part must not be ${JSON.stringify(text)}`);
  return encodeURIComponent(text);
}

/**
 * A base URL, without slashes at its end.
 *
 * @throws TypeError when it is not an http(s) URL, or carries a query, a fragment or credentials.
 */
export function resolveBaseUrl(base: string | URL): URL {
  const url = URL.canParse(String(base)) ? new URL(base) : undefined;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!url || !isPlain || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      "serviceClient.baseUrl must be an http or https URL without a query, such as https://api.example.com/v1",
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

/**
 * The URL of a request.
 *
 * @param anonymous - Whether it may be of another origin.
 * @throws TypeError for a path that leaves the base URL, or a query value that is none.
 */
export function requestUrl(base: URL, path: string, query: QueryFields = {}, anonymous = false): URL {
  const url = /^[a-z][a-z\d+.-]*:/i.test(path) ? whole(base, path, anonymous) : below(base, path);
  for (const [key, value] of fieldPairs("query", query)) url.searchParams.append(key, value);
  return url;
}

function whole(base: URL, path: string, anonymous: boolean): URL {
  if (!URL.canParse(path)) throw new TypeError("serviceClient: path is no URL");
  const url = new URL(path);
  url.hash = "";
  if (url.origin === base.origin && url.username === "" && url.password === "") return url;
  if (!anonymous) {
    throw new TypeError(
      `serviceClient: path leads to ${url.host}; credentials go to ${base.host} only. Send it with anonymous: true.`,
    );
  }
  if (url.protocol !== "https:" && url.protocol !== base.protocol) {
    throw new TypeError(`serviceClient: path must be of https, not of ${url.protocol}`);
  }
  return url;
}

function below(base: URL, path: string): URL {
  const [route = "", search] = splitOnce(path.split("#", 1)[0] ?? "", "?");
  if (route.split(/[/\\]/).some((part) => /^(?:\.|%2e){1,2}$/i.test(part))) {
    throw new TypeError("serviceClient: path must not have the parts . and ..");
  }
  const url = new URL(base);
  const joined = route.replace(/^\/+/, "");
  if (joined !== "") url.pathname = `${base.pathname.replace(/\/$/, "")}/${joined}`;
  else if (route !== "") url.pathname = `${base.pathname.replace(/\/$/, "")}/`;
  if (search !== undefined) url.search = search;
  return url;
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The fields of a query or a form, one pair a value.
 *
 * @param option - Names them in errors.
 * @throws TypeError for a value that is none of text, finite number and boolean.
 */
export function fieldPairs(option: string, fields: QueryFields): [string, string][] {
  return Object.entries(fields).flatMap(([key, given]) => {
    const values: readonly QueryValue[] = isList(given) ? given : [given];
    return values
      .filter((value) => value !== undefined)
      .map((value): [string, string] => [key, fieldText(`${option}.${key}`, value)]);
  });
}

const isList = (value: QueryValue | readonly QueryValue[]): value is readonly QueryValue[] =>
  Array.isArray(value);

function fieldText(option: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new TypeError(`${option} must be a text, a finite number or a boolean, got ${typeof value}`);
}

/** A segment that names a kind of thing, and no thing of it: a word, `v3`, `2026-09`. */
const WORD = /^(?:[a-z][a-z_-]{0,31}|v\d{1,3}(?:\.\d+)?|\d{4}-\d{2})$/;

/** A path without what varies in it, fit for messages and traces: ids, addresses and queries stay out. */
export function routeOf(url: URL): string {
  const parts = url.pathname.split("/").map((part) => (part === "" || WORD.test(part) ? part : "{}"));
  return parts.join("/");
}
