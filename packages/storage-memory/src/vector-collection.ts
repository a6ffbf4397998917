import type { VectorItem } from "@salesagent/ports";
import type { BestMatches } from "./best-matches.js";

const FIRST_CAPACITY = 16;

/** What a vector stands for, and the sum of its squares. */
interface Meaning extends Omit<VectorItem, "vector"> {
  readonly squares: number;
}

/** The sum of products; several sums at a time, since a processor adds them side by side. */
function dot(left: Float64Array, right: Float32Array, start: number): number {
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  const { length } = left;
  const even = length - (length % 4);
  let index = 0;
  for (; index < even; index += 4) {
    one += (left[index] ?? 0) * (right[start + index] ?? 0);
    two += (left[index + 1] ?? 0) * (right[start + index + 1] ?? 0);
    three += (left[index + 2] ?? 0) * (right[start + index + 2] ?? 0);
    four += (left[index + 3] ?? 0) * (right[start + index + 3] ?? 0);
  }
  for (; index < length; index++) one += (left[index] ?? 0) * (right[start + index] ?? 0);
  return one + two + three + four;
}

function isOver(expiresAt: string | undefined, now: string): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** Vectors of one length, one behind the other in one array, which is searched from end to end. */
export class VectorCollection {
  #numbers: Float32Array;
  readonly #meanings: Meaning[] = [];
  readonly #places = new Map<string, number>();

  constructor(readonly length: number) {
    this.#numbers = new Float32Array(length * FIRST_CAPACITY);
  }

  get size(): number {
    return this.#meanings.length;
  }

  /** What is kept of the item: another object after each `put`. */
  get(id: string): object | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#meanings[place];
  }

  /** What the vectors stand for. */
  items(): readonly Omit<VectorItem, "vector">[] {
    return this.#meanings;
  }

  /** @param now - Items that are over by then go before more room is made. */
  put({ vector, ...item }: VectorItem, now: string): void {
    if (!this.#places.has(item.id)) this.#makeRoom(now);
    const place = this.#places.get(item.id) ?? this.#meanings.length;
    this.#numbers.set(vector, place * this.length);
    this.#meanings[place] = { ...item, squares: dot(new Float64Array(vector), vector, 0) };
    this.#places.set(item.id, place);
  }

  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    const last = this.#meanings.pop();
    if (last === undefined || last.id === id) return;
    // the last one takes the place that is free
    const from = this.#meanings.length * this.length;
    this.#numbers.copyWithin(place * this.length, from, from + this.length);
    this.#meanings[place] = last;
    this.#places.set(last.id, place);
  }

  /** Shows `best` the items that are not over. */
  search(query: Float32Array, now: string, best: BestMatches, isHidden?: (id: string) => boolean): void {
    const wanted = new Float64Array(query);
    const squares = dot(wanted, query, 0);
    let { bar } = best;
    const numbers = this.#numbers;
    this.#meanings.forEach((meaning, place) => {
      const cosine = dot(wanted, numbers, place * this.length) / Math.sqrt(squares * meaning.squares);
      const similarity = Math.max(-1, Math.min(1, cosine));
      if (similarity < bar) return;
      const { id, data, expiresAt } = meaning;
      if (isOver(expiresAt, now) || isHidden?.(id) === true) return;
      best.add({ id, similarity, data });
      bar = best.bar;
    });
  }

  #makeRoom(now: string): void {
    const capacity = this.#numbers.length / this.length;
    if (this.#meanings.length < capacity) return;
    for (const { id, expiresAt } of [...this.#meanings]) if (isOver(expiresAt, now)) this.remove(id);
    // with less than half of it free, room would have to be made again soon
    if (this.#meanings.length * 2 < capacity) return;
    const numbers = new Float32Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
