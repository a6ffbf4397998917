import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodePointGate } from "./code-point-gate.js";

describe("CodePointGate", () => {
  it("gives back the same text without a split code point, however it is cut", () => {
    const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), cuts, (text, positions) => {
        const gate = new CodePointGate();
        const ends = [...positions.filter((at) => at < text.length).sort((a, b) => a - b), text.length];
        const pieces = ends.map((end, place) => gate.push(text.slice(ends[place - 1] ?? 0, end)));
        for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u);
        expect(pieces.join("") + gate.end()).toBe(text);
      }),
    );
  });

  it("replaces a half that never gets its other half", () => {
    const gate = new CodePointGate();
    expect(gate.push("a\ud83d")).toBe("a");
    expect(gate.end()).toBe("\ufffd");
    expect(gate.end()).toBe("");
  });
});
