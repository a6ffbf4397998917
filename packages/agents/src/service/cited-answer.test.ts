import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { citedAnswer } from "./cited-answer.js";

const passages = [
  { id: "a", text: "It costs 1,200 dollars, or 12.5 a seat.", title: "Prices of 2026" },
  { id: "b", text: "Support is included.", url: "https://acme.test/b" },
];
const says = (text: string, ...numbers: number[]) => ({
  answered: true,
  sentences: [{ text, passages: numbers }],
});

describe("citedAnswer", () => {
  it.each([
    "It costs 1,200 dollars.",
    "It costs 1.200 dollars.",
    "It costs 1200 dollars.",
    "In 2026 a seat is 12.5.",
    "A seat is 12,5.",
    "You asked for 7 seats.",
  ])("lets through %j", (text) => {
    expect(citedAnswer(says(text, 1), passages, "What do 7 seats cost?")).toMatchObject({
      sources: [{ id: "a" }],
    });
  });

  it.each([
    ["It costs 1,300 dollars.", 1],
    ["It costs 12 dollars.", 1],
    ["It costs 1,200 dollars.", 2],
    ["Support is included.", 3],
    ["Support is included.", 0],
  ])("does not let through %j of passage %i", (text, number) => {
    expect(citedAnswer(says(text, number), passages, "")).toEqual({ problem: "unsupported" });
  });

  it("names each source once, in the order in which it is told", () => {
    const sentences = [
      { text: "Support is included.", passages: [2] },
      { text: "It costs 1,200 dollars.", passages: [1, 2] },
    ];
    expect(citedAnswer({ answered: true, sentences }, passages, "")).toEqual({
      text: "Support is included. It costs 1,200 dollars.",
      sources: [
        { id: "b", url: "https://acme.test/b" },
        { id: "a", title: "Prices of 2026" },
      ],
    });
  });

  it("tells nothing where nothing was answered, whatever the sentences say", () => {
    expect(citedAnswer({ ...says("It costs 1,200 dollars.", 1), answered: false }, passages, "")).toEqual({
      problem: "no-knowledge",
    });
  });

  it("never lets a sentence through that cites nothing which was found", () => {
    const sentence = fc.record({
      text: fc.string({ minLength: 1 }),
      passages: fc.array(fc.nat(5), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 4 }), (sentences) => {
        const answer = citedAnswer({ answered: true, sentences }, passages, "");
        const isCited = sentences.every(
          (given) =>
            given.passages.length > 0 && given.passages.every((number) => number >= 1 && number <= 2),
        );
        if (!isCited) expect(answer).toHaveProperty("problem");
      }),
    );
  });
});
