/** A heap: the least item first, by `compare`. */
export class Heap<Item> {
  readonly #items: Item[] = [];

  constructor(private readonly compare: (left: Item, right: Item) => number) {}

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    let hole = this.#items.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#items[parent];
      if (above === undefined || this.compare(above, item) <= 0) break;
      this.#items[hole] = above;
      hole = parent;
    }
    this.#items[hole] = item;
  }

  pop(): Item | undefined {
    const least = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return least;
  }

  /** Takes out all items that pass a test. */
  take(test: (item: Item) => boolean): readonly Item[] {
    const taken = this.#items.filter(test);
    if (taken.length === 0) return taken;
    const kept = this.#items.filter((item) => !test(item));
    this.#items.length = 0;
    for (const item of kept) this.push(item);
    return taken;
  }

  #sink(item: Item): void {
    let hole = 0;
    for (;;) {
      const child = this.#lesserChild(hole);
      const below = this.#items[child];
      if (below === undefined || this.compare(item, below) <= 0) break;
      this.#items[hole] = below;
      hole = child;
    }
    this.#items[hole] = item;
  }

  #lesserChild(parent: number): number {
    const left = this.#items[2 * parent + 1];
    const right = this.#items[2 * parent + 2];
    const takesRight = left !== undefined && right !== undefined && this.compare(right, left) < 0;
    return 2 * parent + (takesRight ? 2 : 1);
  }
}
