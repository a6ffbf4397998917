/** Far below what storages take, since a value stands inside its record. */
const DEEPEST_LEVEL = 150;
/** What no database of ours holds in a text: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const EVERY_UNSTORABLE = new RegExp(UNSTORABLE, "gu");

/**
 * What a model, a tool or a lead brought, in a form that every storage holds: characters that none can hold become
 * U+FFFD, and what nests too deep is cut off. A run that is done must not fail for its record.
 *
 * @returns The same value where nothing had to change.
 */
export function toRecord<T>(value: T): T {
  return clean(value, 0) as T;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST_LEVEL) return "(nested too deep to be stored)";
  if (Array.isArray(value)) return cleanList(value, depth);
  return cleanObject(value as Readonly<Record<string, unknown>>, depth);
}

function cleanText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EVERY_UNSTORABLE, "\ufffd") : text;
}

function cleanList(list: readonly unknown[], depth: number): readonly unknown[] {
  const cleaned = list.map((item) => clean(item, depth + 1));
  return cleaned.every((item, index) => item === list[index]) ? list : cleaned;
}

function cleanObject(source: Readonly<Record<string, unknown>>, depth: number): object {
  const entries = Object.entries(source).map(
    ([key, item]) => [cleanText(key), clean(item, depth + 1)] as const,
  );
  const same = entries.every(([key, item]) => Object.hasOwn(source, key) && source[key] === item);
  return same ? source : Object.fromEntries(entries);
}
