import type { JsonValue } from "@salesagent/ports";

/** A list of numbers as a vector; nothing where it is no list, or holds anything else than numbers. */
export function toVector(values: JsonValue | undefined): Float32Array | undefined {
  if (!Array.isArray(values)) return undefined;
  const list: readonly JsonValue[] = values;
  if (!list.every((value): value is number => typeof value === "number")) return undefined;
  const vector = Float32Array.from(list);
  return isFiniteVector(vector) ? vector : undefined;
}

/** True when every entry is a number that can be reckoned with. */
export function isFiniteVector(vector: Float32Array): boolean {
  return vector.every(Number.isFinite);
}
