import type { IssueFact, JsonValue } from "@salesagent/ports";

/** Deeper values are refused: no storage takes them, and a circle is endless. */
const DEEPEST_LEVEL = 150;

/**
 * About how many bytes a value takes as JSON; texts are counted by their characters.
 *
 * @returns -1 for what is no JSON.
 */
export function jsonSize(value: unknown, depth = 0): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return Number.isFinite(value) ? 8 : -1;
    case "boolean":
      return 5;
    case "object":
      if (value === null) return 4;
      if (depth === DEEPEST_LEVEL) return -1;
      return Array.isArray(value) ? listSize(value, depth + 1) : objectSize(value, depth + 1);
    default:
      return -1;
  }
}

function listSize(list: readonly unknown[], depth: number): number {
  let size = 2;
  for (let index = 0; index < list.length; index++) {
    const item = jsonSize(list[index], depth);
    if (item < 0) return -1;
    size += item + 1;
  }
  return size;
}

function objectSize(value: object, depth: number): number {
  if (!isPlain(value)) return -1;
  let size = 2;
  for (const name in value) {
    const item = (value as Readonly<Record<string, unknown>>)[name];
    if (item === undefined) continue;
    const itemSize = jsonSize(item, depth);
    if (itemSize < 0) return -1;
    size += itemSize + name.length + 4;
  }
  return size;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another `Object.prototype`, which has no prototype either.
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Object.getPrototypeOf(prototype as object) === null
  );
}

/** Where a value is no JSON, and why. */
export function notJson(value: unknown, path: string, depth = 0): IssueFact | undefined {
  if (typeof value !== "object" || value === null) {
    return jsonSize(value) < 0 ? { path, message: `${describe(value)} is no JSON` } : undefined;
  }
  if (depth === DEEPEST_LEVEL) return { path, message: "nested too deep, or in a circle" };
  if (!Array.isArray(value) && !isPlain(value)) {
    return { path, message: `an object of the class ${value.constructor?.name ?? "?"} is no JSON` };
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined && !Array.isArray(value)) continue;
    const issue = notJson(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, depth + 1);
    if (issue) return issue;
  }
  return undefined;
}

const describe = (value: unknown): string =>
  typeof value === "number" ? String(value) : value === undefined ? "undefined" : `a ${typeof value}`;

/** What the engine has made sure of: it is JSON. */
export const asJson = (value: unknown): JsonValue => value as JsonValue;
