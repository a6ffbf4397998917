import { seededId } from "../../seeded-id.js";

/** Ids and numbers that follow from a seed, so that two runs of a world are equal. */
export interface SeededIds {
  /** Letters and digits, never the same twice. `length` is at least 6 more than the alphabet needs for the count so far. */
  text(length: number, alphabet?: string): string;
  /** 1, 2, 3, … for each name. */
  count(name: string): number;
  /** In [0, 1). */
  random(): number;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Makes the ids of one world. */
export function createSeededIds(seed: string | number): SeededIds {
  const counts = new Map<string, number>();
  const next = (name: string) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
  return {
    count: next,
    text(length, alphabet = LETTERS) {
      const count = next("text");
      const tail = inAlphabet(count, alphabet);
      return seededId(`${seed}:${count}`, length - tail.length, alphabet) + tail;
    },
    random() {
      const digits = seededId(`${seed}:random:${next("random")}`, 9, "0123456789");
      return Number(`0.${digits}`);
    },
  };
}

/** A number that no two ids share, whatever the hash does: five places, so that their lengths agree. */
function inAlphabet(count: number, alphabet: string): string {
  let text = "";
  for (let rest = count; rest > 0 || text.length < 5; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet.charAt(rest % alphabet.length) + text;
  }
  return text;
}
