import type { VectorMatch } from "@salesagent/ports";

type Ranked = Pick<VectorMatch, "id" | "similarity">;

/** Best first; of equal ones by id. */
function compareMatches(left: Ranked, right: Ranked): number {
  if (left.similarity !== right.similarity) return right.similarity - left.similarity;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

/** The best of many matches, however many are added. */
export class BestMatches<T extends Ranked> {
  readonly #sorted: T[] = [];

  constructor(private readonly limit: number) {}

  add(match: T): void {
    const last = this.#sorted[this.limit - 1];
    if (last !== undefined && compareMatches(match, last) >= 0) return;
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && compareMatches(other, match) < 0) low = middle + 1;
      else high = middle;
    }
    this.#sorted.splice(low, 0, match);
    if (this.#sorted.length > this.limit) this.#sorted.pop();
  }

  list(): readonly T[] {
    return this.#sorted;
  }
}
