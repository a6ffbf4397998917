/**
 * The JSON text of a value, the same for equal values: what `JSON.stringify` gives, with the keys of objects in order. Keys are
 * ordered by UTF-16 code units and nothing stands between tokens, as RFC 8785 (JSON Canonicalization Scheme, §3.2) has it;
 * numbers and texts are written as `JSON.stringify` writes them, which is what the RFC refers to.
 *
 * @returns Nothing for a value that has no JSON text, such as `undefined` or a function.
 * @throws TypeError for what `JSON.stringify` refuses: a bigint, a value that holds itself.
 */
export function canonicalJson(value: unknown): string | undefined {
  return write(value, "", new Set());
}

function write(value: unknown, key: string, within: Set<object>): string | undefined {
  const item = hasToJson(value) ? value.toJSON(key) : value;
  if (typeof item !== "object" || item === null || isWrapper(item)) return JSON.stringify(item);
  if (within.has(item)) throw new TypeError("A value that holds itself has no JSON text.");
  within.add(item);
  const text = Array.isArray(item) ? writeList(item, within) : writeObject(item, within);
  within.delete(item);
  return text;
}

function writeList(list: readonly unknown[], within: Set<object>): string {
  const items: string[] = [];
  for (let index = 0; index < list.length; index++) {
    items.push(write(list[index], String(index), within) ?? "null");
  }
  return `[${items.join(",")}]`;
}

function writeObject(source: object, within: Set<object>): string {
  const members: string[] = [];
  // Without a function of comparison, `sort` compares UTF-16 code units.
  for (const key of Object.keys(source).sort()) {
    const text = write(source[key as keyof typeof source], key, within);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(",")}}`;
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return (
    typeof value === "object" && value !== null && "toJSON" in value && typeof value.toJSON === "function"
  );
}

/** `JSON.stringify` writes these objects as what they wrap. */
function isWrapper(item: object): boolean {
  return item instanceof Number || item instanceof String || item instanceof Boolean;
}
