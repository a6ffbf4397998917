import type { NearestOptions, VectorItem } from "../stores/vector-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** The most numbers of a vector. */
const LONGEST_VECTOR = 8192;
const DEFAULT_MATCHES = 10;
const MOST_MATCHES = 1000;

/** What to look for, with nothing left out. */
export interface NormalNearest {
  readonly limit: number;
  readonly minSimilarity: number;
}

/** Checks that a vector has a direction and, where `length` is given, that length. @throws `store.invalid`. */
export function checkVector(field: string, vector: Float32Array, length?: number): void {
  const refuse = (problem: string) => invalidValue("vectors", field, problem);
  if (!(vector instanceof Float32Array) || vector.length === 0 || vector.length > LONGEST_VECTOR) {
    throw refuse(`a vector is a Float32Array of 1–${LONGEST_VECTOR} numbers`);
  }
  if (length !== undefined && vector.length !== length) {
    throw refuse(`it has ${vector.length} numbers, and the collection's vectors have ${length}`);
  }
  let squares = 0; // in doubles, which hold the squares of the largest and the smallest numbers of a Float32Array
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw refuse("it holds a number that isn't finite");
  if (squares === 0) throw refuse("it is all zeros, which is like nothing");
}

/**
 * Copies of the items, of one length, each id once: the last one counts.
 *
 * @param length - Of the vectors that the collection holds; undefined where it is empty, or not known yet.
 * @throws `store.invalid`.
 */
export function toNormalItems(
  items: readonly VectorItem[],
  length: number | undefined,
): readonly VectorItem[] {
  const byId = new Map<string, VectorItem>();
  let expected = length;
  items.forEach((item, index) => {
    const normal = toNormalItem(`items[${index}]`, item, expected);
    expected ??= normal.vector.length;
    byId.set(normal.id, normal);
  });
  return [...byId.values()];
}

function toNormalItem(field: string, item: VectorItem, length: number | undefined): VectorItem {
  const { id, vector, data, expiresAt } = item;
  checkVector(`${field}.vector`, vector, length);
  return Object.freeze({
    id: toNormalId("vectors", `${field}.id`, id),
    vector: vector.slice(),
    data: toStorable("vectors", `${field}.data`, data),
    ...(expiresAt === undefined ? {} : { expiresAt: toInstant("vectors", `${field}.expiresAt`, expiresAt) }),
  });
}

/** @throws RangeError naming the option that is out of range. */
export function toNormalNearest({
  limit = DEFAULT_MATCHES,
  minSimilarity = -1,
}: NearestOptions = {}): NormalNearest {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_MATCHES) {
    throw new RangeError(`options.limit must be a whole number from 1 to ${MOST_MATCHES}, got ${limit}`);
  }
  if (!(minSimilarity >= -1 && minSimilarity <= 1)) {
    throw new RangeError(`options.minSimilarity must be a number from -1 to 1, got ${minSimilarity}`);
  }
  return { limit, minSimilarity };
}
