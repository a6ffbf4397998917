import { Heap } from "./heap.js";

/** What a heap sorts: by `order`, and among equals by `seq`. */
export interface Placed {
  readonly order: number;
  readonly seq: number;
  /** Where it stands in its heap; the heap's own affair. */
  place: number;
}

export function isBefore(left: Placed, right: Placed): boolean {
  return left.order < right.order || (left.order === right.order && left.seq < right.seq);
}

/** A binary heap, the first item on top, that items can be taken out of wherever they stand. */
export class PlacedHeap<Item extends Placed> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    this.#rise(item, this.#items.length);
  }

  has(item: Item): boolean {
    return this.#items[item.place] === item;
  }

  /** Takes out an item that is in it. */
  remove(item: Item): void {
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    const above = this.#items[(item.place - 1) >> 1];
    if (above !== undefined && item.place > 0 && isBefore(last, above)) this.#rise(last, item.place);
    else this.#sink(last, item.place);
  }

  /** The items from the first one on, for as long as it does not change. The first few cost little, however many there are. */
  *inOrder(): Generator<Item, void, void> {
    const next = new Heap<Item>((left, right) => (isBefore(left, right) ? -1 : 1));
    const add = (item: Item | undefined) => item !== undefined && next.push(item);
    add(this.#items[0]);
    for (let item = next.pop(); item !== undefined; item = next.pop()) {
      yield item;
      add(this.#items[2 * item.place + 1]);
      add(this.#items[2 * item.place + 2]);
    }
  }

  #rise(item: Item, from: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#items[parent];
      if (above === undefined || isBefore(above, item)) break;
      this.#put(above, hole);
      hole = parent;
    }
    this.#put(item, hole);
  }

  #sink(item: Item, from: number): void {
    let hole = from;
    for (;;) {
      const below = this.#firstBelow(hole);
      if (below === undefined || isBefore(item, below)) break;
      const { place } = below;
      this.#put(below, hole);
      hole = place;
    }
    this.#put(item, hole);
  }

  #firstBelow(place: number): Item | undefined {
    const left = this.#items[2 * place + 1];
    const right = this.#items[2 * place + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
