import type { JsonValue } from "../json.js";
import type { Mentions } from "./mentions.js";
import { toStorable } from "./storable.js";

/** Which fields may tell of a person. */
export interface TellingFields {
  /** Whatever they hold, names of fields within them too. */
  readonly data?: readonly string[];
  /** Objects of a fixed shape: what their fields hold. */
  readonly parts?: readonly string[];
}

/** A record without mentions of a person; the very record where it has none. */
export function withoutMentions<R extends object>(
  record: R,
  mentions: Mentions,
  { data = [], parts = [] }: TellingFields,
): R {
  const changes: Record<string, JsonValue> = {};
  for (const [field, value] of Object.entries(record) as [string, JsonValue | undefined][]) {
    if (value === undefined) continue;
    const left = parts.includes(field)
      ? partsWithout(value, mentions)
      : data.includes(field)
        ? mentions.erasedFrom(value)
        : value;
    if (left !== value) changes[field] = toStorable("erasure", field, left);
  }
  return Object.keys(changes).length === 0 ? record : Object.freeze({ ...record, ...changes });
}

function partsWithout(value: JsonValue, mentions: Mentions): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return mentions.erasedFrom(value);
  const entries = Object.entries(value);
  if (!entries.some(([, item]) => mentions.isIn(item))) return value;
  return Object.fromEntries(entries.map(([name, item]) => [name, mentions.erasedFrom(item)]));
}
