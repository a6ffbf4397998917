import { hashOf } from "../seeded-id.js";

/** A unit vector that follows from the words of a text: texts that share words lie closer together. */
export function simulatedVector(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    // a few signed spots a word, so that unrelated texts come out near zero
    for (let spot = 0; spot < 8; spot++) {
      const hash = hashOf(`${spot}${word}`);
      const at = hash % dimensions;
      vector[at] = (vector[at] ?? 0) + ((hash >>> 16) % 2 === 0 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
