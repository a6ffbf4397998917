/**
 * A small generator of numbers in [0, 1), the same on every machine, so that a failure can be had again by its seed. See
 * Mulberry32.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function createRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Choices that follow from a seed.
 *
 * @param {number} seed
 */
export function createChoices(seed) {
  const next = createRandom(seed);
  /** @param {number} limit */
  const below = (limit) => Math.floor(next() * limit);
  return {
    below,
    /**
     * @template T
     * @param {readonly T[]} list Not empty.
     */
    pick: (list) => list[below(list.length)],
    /** @param {number} share */
    chance: (share) => next() < share,
  };
}
