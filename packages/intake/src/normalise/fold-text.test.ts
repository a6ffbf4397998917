import fc from "fast-check";
import { expect, it } from "vitest";
import { foldText } from "./fold-text.js";

it.each([
  ["Figma, Inc.", "figma inc"],
  ["  MÜLLER & Söhne  ", "muller sohne"],
  ["Straße", "strasse"],
  ["Łódź", "lodz"],
  ["Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"],
  ["ガラス", "ガラス"],
  ["e\u0301cole", "ecole"],
  ["---", ""],
])("folds %j to %j", (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

it("keeps apart words that marks of other scripts keep apart", () => {
  expect(foldText("カラス")).not.toBe(foldText("ガラス"));
});

it("changes nothing when folded again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const once = foldText(text);
      expect(foldText(once)).toBe(once);
    }),
  );
});
