import { isRecord, type JsonRecord } from "./json-record.js";

/** A list of a contact's, such as its addresses: each has a value and a type. Close takes it only whole. */
export interface ListShape {
  /** The key of the value: `email`, `phone`. */
  readonly key: string;
  /** The type of a new one. */
  readonly type: string;
  /** Whether two values are the same one. */
  readonly same: (a: string, b: string) => boolean;
}

/** What is to be changed of a list: the foremost value, and the others. Null takes away, absent leaves. */
export interface ListChange {
  readonly first?: string | null | undefined;
  readonly others?: readonly string[] | null | undefined;
}

/** The values of a list, in their order. */
export function listValues(list: unknown, { key }: ListShape): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const value = isRecord(item) ? item[key] : undefined;
    return typeof value === "string" && value !== "" ? [value] : [];
  });
}

/**
 * The whole list after a change: those that stay keep their types and all else that Close knows of them; a new foremost value
 * takes the place of the old one. Undefined where the list says the same already.
 */
export function changedList(
  current: unknown,
  change: ListChange,
  shape: ListShape,
): JsonRecord[] | undefined {
  const items = Array.isArray(current) ? current.filter(isRecord) : [];
  const values = listValues(items, shape);
  const others = change.others === undefined ? values.slice(1) : (change.others ?? []);
  const first = change.first === undefined ? values[0] : (change.first ?? undefined);
  const wanted = distinct([...(first === undefined ? [] : [first]), ...others], shape);
  const isSame =
    wanted.length === values.length && wanted.every((value, at) => shape.same(value, values[at] ?? ""));
  if (isSame) return undefined;
  return wanted.map((value, at) => {
    const known = items.find((item) => shape.same(String(item[shape.key] ?? ""), value));
    if (known !== undefined) return sendable(known, shape);
    const replaced = at === 0 && change.first !== undefined ? items[0]?.["type"] : undefined;
    return { [shape.key]: value, type: typeof replaced === "string" ? replaced : shape.type };
  });
}

/** What Close takes back of an entry; what it works out itself is left to it. */
function sendable(item: JsonRecord, { key, type }: ListShape): JsonRecord {
  return { [key]: item[key], type: item["type"] ?? type };
}

function distinct(values: readonly string[], { same }: ListShape): readonly string[] {
  return values.filter((value, at) => values.findIndex((other) => same(other, value)) === at);
}

const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** E-mail addresses; letters' case makes no other address. */
export const EMAILS: ListShape = { key: "email", type: "office", same: sameText };

/** Telephone numbers, compared by their digits. */
export const PHONES: ListShape = {
  key: "phone",
  type: "office",
  same: (a, b) => a.replaceAll(/\D/g, "") === b.replaceAll(/\D/g, ""),
};

/** Web addresses. */
export const URLS: ListShape = { key: "url", type: "url", same: sameText };
