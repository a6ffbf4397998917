import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ThinkTags } from "./think-tags.js";

function split(...pieces: readonly string[]) {
  const read = { text: "", reasoning: "" };
  const tags = new ThinkTags(
    (text) => {
      read.text += text;
    },
    (text) => {
      read.reasoning += text;
    },
  );
  for (const piece of pieces) tags.push(piece);
  tags.end();
  return read;
}

describe("ThinkTags", () => {
  it.each([
    ["<think>a</think>b", { reasoning: "a", text: "b" }],
    ["\n <think>\na\n</think>\n\n b ", { reasoning: "\na\n", text: "b " }],
    ["no tag", { reasoning: "", text: "no tag" }],
    ["  leading space", { reasoning: "", text: "  leading space" }],
    ["<thinking> is a word", { reasoning: "", text: "<thinking> is a word" }],
    ["text <think>not a thought</think>", { reasoning: "", text: "text <think>not a thought</think>" }],
    ["<think>never closed </thi", { reasoning: "never closed </thi", text: "" }],
    ["<think>a</think>\n\n", { reasoning: "a", text: "" }],
    ["<think></think>b<think>c</think>", { reasoning: "", text: "b<think>c</think>" }],
    ["<th", { reasoning: "", text: "<th" }],
    ["", { reasoning: "", text: "" }],
  ])("splits %j", (text, read) => {
    expect(split(text)).toEqual(read);
  });

  it("reads the same however the text is cut", () => {
    const texts = fc.array(fc.constantFrom("<think>", "</think>", "<", "</", "think>", "a", "\n", " "), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 60 }), { maxLength: 10 }), (parts, cuts) => {
        const text = parts.join("");
        const ends = [...cuts.filter((at) => at < text.length).sort((a, b) => a - b), text.length];
        const pieces = ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end));
        expect(split(...pieces)).toEqual(split(text));
      }),
    );
  });
});
