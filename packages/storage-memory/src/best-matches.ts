import type { VectorMatch } from "@salesagent/ports";

/** Best first; of equal ones by id. */
function comesBefore(left: VectorMatch, right: VectorMatch): boolean {
  return left.similarity === right.similarity ? left.id < right.id : left.similarity > right.similarity;
}

/** The best of the matches that it was shown. */
export class BestMatches {
  readonly #matches: VectorMatch[] = [];

  constructor(
    private readonly limit: number,
    private readonly minSimilarity: number,
  ) {}

  /** What a match must at least have to be of interest. */
  get bar(): number {
    const worst = this.#matches.length < this.limit ? undefined : this.#matches.at(-1);
    return worst?.similarity ?? this.minSimilarity;
  }

  add(match: VectorMatch): void {
    let low = 0;
    let high = this.#matches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#matches[middle];
      if (other !== undefined && comesBefore(other, match)) low = middle + 1;
      else high = middle;
    }
    if (low >= this.limit) return;
    this.#matches.splice(low, 0, match);
    if (this.#matches.length > this.limit) this.#matches.pop();
  }

  list(): readonly VectorMatch[] {
    return this.#matches;
  }
}
