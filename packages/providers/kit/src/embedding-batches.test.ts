import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens, toBatches } from "./embedding-batches.js";

describe("toBatches", () => {
  it("keeps every input, in order, within both limits", () => {
    const inputs = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(
        inputs,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, maxInputs, maxTokens) => {
          const batches = toBatches(texts, { maxInputs, maxTokens });
          expect(batches.flat()).toEqual(texts);
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(maxInputs);
            const tokens = batch.reduce((sum, text) => sum + estimateTokens(text), 0);
            expect(batch.length === 1 || tokens <= maxTokens).toBe(true);
          }
        },
      ),
    );
  });

  it("counts bytes as UTF-8 has them", () => {
    for (const text of ["abc", "zürich", "東京", "🎯"]) {
      expect(estimateTokens(text)).toBe(Math.ceil(new TextEncoder().encode(text).length / 3));
    }
  });
});
