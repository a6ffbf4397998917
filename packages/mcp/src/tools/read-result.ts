import type { JsonValue } from "@salesagent/ports";
import { isObject } from "./is-object.js";
import { safeText } from "./safe-text.js";

/** What a server answered to a call. */
export interface McpAnswer {
  /** What a model is given. */
  readonly output: JsonValue;
  /** Whether the server says that the call failed. */
  readonly failed: boolean;
}

/**
 * Reads the answer to a call: what is structured as it is, else the text; pictures, sound and what lies elsewhere are named and
 * left out. Longer answers are cut.
 */
export function readAnswer(result: Readonly<Record<string, unknown>>, maxChars: number): McpAnswer {
  const { structuredContent, content, isError } = result;
  const failed = isError === true;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const text = cut(parts.map(textOf).join("\n"), maxChars);
  if (failed) return { output: { failed: true, said: text }, failed };
  if (!isObject(structuredContent)) return { output: text, failed };
  const json = JSON.stringify(structuredContent);
  if (json.length > maxChars) return { output: cut(json, maxChars), failed };
  return { output: JSON.parse(json) as JsonValue, failed };
}

function cut(text: string, maxChars: number): string {
  const shown = safeText(text, maxChars);
  return shown.length < text.length && text.length > maxChars
    ? `${shown}\n[cut: ${maxChars} of ${text.length} characters]`
    : shown;
}

function textOf(part: unknown): string {
  if (!isObject(part)) return "[something that is no content]";
  const { type, text, mimeType, data, uri, resource } = part;
  if (type === "text" && typeof text === "string") return text;
  if (type === "resource" && isObject(resource)) {
    if (typeof resource["text"] === "string") return resource["text"];
    return `[left out: ${short(resource["mimeType"])} at ${short(resource["uri"])}]`;
  }
  if (type === "resource_link") return `[a link to ${short(uri)}]`;
  const size = typeof data === "string" ? `, ${Math.floor(data.length * 0.75)} bytes` : "";
  return `[left out: ${short(type)} ${short(mimeType)}${size}]`;
}

const short = (value: unknown): string => (typeof value === "string" ? value.slice(0, 300) : "of no kind");
