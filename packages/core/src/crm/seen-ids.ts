import { Hash64 } from "./content-hash.js";

/** Slots are kept at most so full, so that a look takes some steps only. */
const MAX_FILL = 0.7;

/**
 * A set of ids, of which only 64 bits each are kept: 8 bytes a slot, 12–23 bytes an id. Two ids are taken for one with a probability
 * of about n² / 2⁶⁵: one in 37 million for a million ids.
 */
export class SeenIds {
  #slots: Uint32Array;
  #size = 0;

  constructor(expected = 1_024) {
    this.#slots = new Uint32Array(2 * slotsFor(expected));
  }

  get size(): number {
    return this.#size;
  }

  add(id: string): void {
    if ((this.#size + 1) * 2 > this.#slots.length * MAX_FILL) this.#grow();
    const [high, low] = wordsOf(id);
    this.#insert(high, low);
  }

  has(id: string): boolean {
    const [high, low] = wordsOf(id);
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const [one, two] = [slots[2 * slot], slots[2 * slot + 1]];
      if (one === 0 && two === 0) return false;
      if (one === high && two === low) return true;
    }
  }

  #insert(high: number, low: number): void {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const [one, two] = [slots[2 * slot], slots[2 * slot + 1]];
      if (one === high && two === low) return;
      if (one !== 0 || two !== 0) continue;
      slots[2 * slot] = high;
      slots[2 * slot + 1] = low;
      this.#size += 1;
      return;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    this.#size = 0;
    for (let at = 0; at < before.length; at += 2) {
      const [high = 0, low = 0] = [before[at], before[at + 1]];
      if (high !== 0 || low !== 0) this.#insert(high, low);
    }
  }
}

/** Never 0 and 0, which marks a slot that is free. */
function wordsOf(id: string): readonly [number, number] {
  const digest = new Hash64().text(id).digest();
  const high = Number.parseInt(digest.slice(0, 8), 16);
  const low = Number.parseInt(digest.slice(8), 16);
  return high === 0 && low === 0 ? [1, 0] : [high, low];
}

function slotsFor(expected: number): number {
  let slots = 1_024;
  while (slots * MAX_FILL < expected) slots *= 2;
  return slots;
}
