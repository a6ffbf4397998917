import type { CrmKind, CrmLookupSupport } from "@salesagent/ports";
import type { DoubleRow } from "./double-row.js";

export type DoubleKey = CrmLookupSupport["by"];

/** Fields of any kind, by their names. */
export const asValues = (fields: object): Readonly<Record<string, unknown>> => ({ ...fields });

/** A value as a key compares it. */
function comparable(by: DoubleKey, value: string): string {
  return by === "email" || by === "domain" ? value.trim().toLowerCase() : value;
}

/** The values by which a record is found under a key. */
export function keyValues(
  by: DoubleKey,
  fields: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, unknown>>,
): readonly string[] {
  const found = keySources(by, fields, custom).filter((value) => typeof value === "string" && value !== "");
  return [...new Set(found.map((value) => comparable(by, String(value))))];
}

function keySources(
  by: DoubleKey,
  fields: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, unknown>>,
): readonly unknown[] {
  switch (by) {
    case "email":
      return [fields["email"], ...listOf(fields["otherEmails"])];
    case "phone":
      return [fields["phone"], ...listOf(fields["otherPhones"])];
    case "name":
      return [fields["name"] ?? fields["fullName"] ?? joined(fields["firstName"], fields["lastName"])];
    case "externalId":
      return [custom["externalId"]];
    default:
      return [fields[by]];
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const joined = (...parts: readonly unknown[]) => parts.filter((part) => typeof part === "string").join(" ");

/** Finds rows by their keys, in constant time. */
export class DoubleKeyIndex<Kind extends CrmKind> {
  readonly #keys: readonly DoubleKey[];
  readonly #rows = new Map<string, Set<DoubleRow<Kind>>>();

  constructor(keys: Iterable<DoubleKey>) {
    this.#keys = [...new Set(keys)];
  }

  add(row: DoubleRow<Kind>): void {
    for (const key of this.#keysOf(row)) {
      const rows = this.#rows.get(key);
      if (rows) rows.add(row);
      else this.#rows.set(key, new Set([row]));
    }
  }

  remove(row: DoubleRow<Kind>): void {
    for (const key of this.#keysOf(row)) {
      const rows = this.#rows.get(key);
      rows?.delete(row);
      if (rows?.size === 0) this.#rows.delete(key);
    }
  }

  /** Oldest first. */
  find(by: DoubleKey, value: string): readonly DoubleRow<Kind>[] {
    const rows = [...(this.#rows.get(`${by}:${comparable(by, value)}`) ?? [])];
    return rows.sort((a, b) => a.createdMicros - b.createdMicros);
  }

  #keysOf({ fields, custom }: DoubleRow<Kind>): readonly string[] {
    return this.#keys.flatMap((by) =>
      keyValues(by, asValues(fields), custom).map((value) => `${by}:${value}`),
    );
  }
}
