import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSpeakable, SentenceSplitter } from "./sentence-splitter.js";

function split(text: string, options?: { maxChars?: number }): string[] {
  const splitter = new SentenceSplitter(options);
  return [...splitter.push(text), ...splitter.flush()];
}

const trimmed = (text: string) => split(text).map((sentence) => sentence.trim());

describe("SentenceSplitter", () => {
  it.each([
    ["Hello Ada. How are you? Fine!", ["Hello Ada.", "How are you?", "Fine!"]],
    [
      "Dr. Byron and Mr. Babbage met at 5 p.m. yesterday. Then?",
      ["Dr. Byron and Mr. Babbage met at 5 p.m. yesterday.", "Then?"],
    ],
    ["It costs $3.50, e.g. for J. Smith. Ok.", ["It costs $3.50, e.g. for J. Smith.", "Ok."]],
    ["Version 1.2.3 is out. Get it.", ["Version 1.2.3 is out.", "Get it."]],
    ["Am 3. Mai, z. B. um 9 Uhr. Gut?", ["Am 3. Mai, z. B. um 9 Uhr.", "Gut?"]],
    [
      "We open at 9. We close at 5. See No. 7. Bye.",
      ["We open at 9.", "We close at 5.", "See No. 7.", "Bye."],
    ],
    ["1. First of all. 2. Then this.", ["1. First of all.", "2. Then this."]],
    ["See example.com/a.b? yes. Bye.", ["See example.com/a.b?", "yes.", "Bye."]],
    ["Great 👍🏽. 👩‍👩‍👧 Thanks!", ["Great 👍🏽.", "👩‍👩‍👧 Thanks!"]],
    ["🎉 🎉 Done. 🎉", ["🎉 🎉 Done.", "🎉"]],
    ['He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]],
    ["Wait... what? Yes.", ["Wait... what?", "Yes."]],
    ["いいえ。「はい。」次", ["いいえ。", "「はい。」", "次"]],
    ["First line\nSecond line\n\nThird", ["First line", "Second line", "Third"]],
    ["", []],
  ])("cuts %j", (text, sentences) => {
    expect(trimmed(text)).toEqual(sentences);
  });

  it("gives a sentence out as soon as the next one begins", () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push("Hello Ada.")).toEqual([]);
    expect(splitter.push(" H")).toEqual(["Hello Ada. "]);
  });

  it("does not wait for the end of a sentence that has none", () => {
    const sentences = split("word ".repeat(100), { maxChars: 50 });
    expect(sentences.length).toBeGreaterThan(8);
    for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(50);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ". ",
      "! ",
      "? ",
      "… ",
      "。",
      "\n",
      " ",
      ".",
      "Dr. ",
      "e.g. ",
      "3.14",
      "12. ",
      "👩‍👩‍👧",
      "👍🏽",
      "🇩🇪",
      "é",
      "“",
      "”",
      "\r\n",
      "z. B. ",
    ),
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.lorem({ mode: "sentences", maxCount: 2 }),
  );
  const anyText = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("").normalize());

  it("keeps every character, in order", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 80 }), (text, maxChars) => {
        expect(split(text, { maxChars }).join("")).toBe(text);
      }),
    );
  });

  it("cuts at the same places however the text comes in", () => {
    fc.assert(
      fc.property(
        anyText,
        fc.array(fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 1, max: 80 }),
        (text, sizes, maxChars) => {
          const splitter = new SentenceSplitter({ maxChars });
          const chars = [...text];
          const sentences: string[] = [];
          for (let turn = 0; chars.length > 0; turn++) {
            sentences.push(
              ...splitter.push(chars.splice(0, sizes[turn % Math.max(1, sizes.length)] ?? 1).join("")),
            );
          }
          expect([...sentences, ...splitter.flush()]).toEqual(split(text, { maxChars }));
        },
      ),
    );
  });

  it("cuts no emoji and no letter in two, and gives out no long pieces", () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 80 }), (text, maxChars) => {
        const bounds = new Set([...graphemes.segment(text)].map(({ index }) => index));
        let at = 0;
        for (const sentence of split(text, { maxChars }).slice(0, -1)) {
          at += sentence.length;
          expect(bounds.has(at)).toBe(true);
          expect(sentence.length).toBeLessThanOrEqual(2 * maxChars + 20);
        }
      }),
    );
  });

  it("gives out nothing that can't be spoken before the end, unless it is long", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const sentence of split(text, { maxChars: 10_000 }).slice(0, -1)) {
          expect(isSpeakable(sentence)).toBe(true);
        }
      }),
    );
  });
});
