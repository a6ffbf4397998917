import type { JsonValue } from "@salesagent/ports";
import { decodeText, isJson } from "../../egress/decode-text.js";
import type { GuardedResponse } from "../../egress/guarded-request.js";
import { maskSecrets } from "../../egress/secrets.js";

/** What `http_request` tells a model. */
export interface HttpRequestOutput {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, where it is JSON and whole. */
  readonly json?: JsonValue;
  /** The body, where it is other text, broken JSON, or was cut. */
  readonly text?: string;
  /** True when the body is longer than what is here. */
  readonly truncated: boolean;
  /** Why there is no body, where it is not text. */
  readonly omitted?: string;
}

/** Headers that help with the next request. */
const TOLD_HEADERS = ["allow", "etag", "last-modified", "link", "location", "retry-after"];

/** A response as a model is told it, with the host app's secrets masked wherever the server repeats them. */
export function toHttpOutput(response: GuardedResponse, secrets: readonly string[]): HttpRequestOutput {
  const { url, status, headers, truncated } = response;
  const contentType = headers.get("content-type") ?? "";
  const told: Record<string, string> = {};
  for (const name of TOLD_HEADERS) {
    const value = headers.get(name);
    if (value !== null) told[name] = maskSecrets(value, secrets).slice(0, 1_000);
  }
  const common = { url: maskSecrets(url.href, secrets), status, contentType, headers: told, truncated };
  if (response.bytes === undefined) {
    return { ...common, omitted: `The body is "${contentType.slice(0, 100)}", which is not text.` };
  }
  const text = maskSecrets(decodeText(response.bytes, contentType, truncated), secrets);
  const json = isJson(contentType) && !truncated ? parseJson(text) : undefined;
  return json === undefined ? { ...common, text } : { ...common, json };
}

/** Nothing when the text is not JSON, whatever its content type says. */
function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
