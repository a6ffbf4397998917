/** An object with fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object of a name inside a value; empty where there is none. */
export function fieldsOf(value: unknown, name: string): Fields {
  const inner = isFields(value) ? value[name] : undefined;
  return isFields(inner) ? inner : {};
}

/** The objects of a list inside a value. */
export function listOf(value: unknown, name: string): readonly Fields[] {
  const inner = isFields(value) ? value[name] : undefined;
  return Array.isArray(inner) ? inner.filter(isFields) : [];
}

/** A text or a number as a text; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** The texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}
