import type { JsonValue } from "@salesagent/ports";

/**
 * Splits a path such as `/steps/research/companies/0`.
 *
 * @returns Nothing for what is no path.
 * @see RFC 6901, JSON Pointer
 */
export function parsePath(path: string): readonly string[] | undefined {
  if (!path.startsWith("/") || /~(?![01])/.test(path)) return undefined;
  return path
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What stands at a path; nothing where there is nothing. */
export function readPath(data: unknown, path: string): JsonValue | undefined {
  let value: unknown = data;
  for (const segment of parsePath(path) ?? []) {
    if (typeof value !== "object" || value === null) return undefined;
    // A list's own keys are its indices and `length`, which is no data.
    if (!Object.hasOwn(value, segment) || (Array.isArray(value) && segment === "length")) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[segment];
  }
  return value as JsonValue | undefined;
}
