import type { Sample } from "./exposition.js";

type Labels = Readonly<Record<string, string>>;

/** How many sets of labels a counter keeps apart, unless told; the rest are counted as `other`. */
const MOST_SETS = 1_000;

/** Sums by labels. However many names turn up, it stays small: what comes late is counted together. */
export class Counter {
  readonly #most: number;
  readonly #sums = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(most = MOST_SETS) {
    this.#most = most;
  }

  add(labels: Labels, value = 1): void {
    const entry = this.#entry(labels);
    entry.value += value;
  }

  set(labels: Labels, value: number): void {
    this.#entry(labels).value = value;
  }

  samples(): readonly Sample[] {
    return [...this.#sums.values()].map(({ labels, value }) => ({ labels, value }));
  }

  #entry(labels: Labels) {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#sums.get(key);
    if (known) return known;
    if (this.#sums.size < this.#most) return this.#put(key, labels);
    const others = Object.fromEntries(Object.keys(labels).map((name) => [name, "other"]));
    const otherKey = JSON.stringify(Object.values(others));
    return this.#sums.get(otherKey) ?? this.#put(otherKey, others);
  }

  #put(key: string, labels: Labels) {
    const entry = { labels, value: 0 };
    this.#sums.set(key, entry);
    return entry;
  }
}
