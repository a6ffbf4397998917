import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toMentions } from "./mentions.js";

const bo = toMentions({ mentions: ["bo@figma.example", "+49 30 123456", "Bo Ångström"] });

describe("toMentions", () => {
  it.each([
    "bo@figma.example",
    "Write to BO@Figma.Example.",
    "<bo@figma.example>",
    "mailto:bo@figma.example?subject=x",
    "https://x.example/?to=bo%40figma.example&a=1",
    "Call +49 30 123456, please",
    "dear bo ångström,",
    `dear ${"Bo Ångström".normalize("NFD")}`,
  ])("finds a person in %j", (text) => {
    expect(bo.isIn(text)).toBe(true);
    expect(bo.isIn(bo.erasedFrom(text))).toBe(false);
  });

  it.each([
    "jumbo@figma.example",
    "x.bo@figma.example",
    "bo@figma.example.org",
    "bo@figma.examples",
    "+49 30 1234567",
    "bo",
  ])("takes %j for somebody else", (text) => {
    expect(bo.isIn(text)).toBe(false);
    expect(bo.erasedFrom(text)).toBe(text);
  });

  it("erases within data, in values and in names of fields, and leaves the rest as it is", () => {
    const record = { to: ["bo@figma.example", "al@figma.example"], "bo@figma.example": { n: 1 }, none: null };
    expect(bo.erasedFrom(record)).toEqual({
      to: ["[erased]", "al@figma.example"],
      "[erased]": { n: 1 },
      none: null,
    });
    expect(record.to[0]).toBe("bo@figma.example");
  });

  it("gives back the very value that mentions nobody", () => {
    const record = { a: [1, "x"] };
    expect(bo.erasedFrom(record)).toBe(record);
  });

  it("takes signs of patterns as they are", () => {
    const odd = toMentions({ mentions: ["a.b+c(d)|[e]-f/g^$"] });
    expect(odd.isIn("x a.b+c(d)|[e]-f/g^$ y")).toBe(true);
    expect(odd.isIn("aXb+c(d)|[e]-f/g^$")).toBe(false);
  });

  it.each([
    [[], "person.mentions"],
    [["ab"], "person.mentions[0]"],
    [["bo@figma.example", "   x   "], "person.mentions[1]"],
    [["x".repeat(401)], "person.mentions[0]"],
    [Array.from({ length: 51 }, () => "bo@figma.example"), "person.mentions"],
  ])("refuses %j by the name of the field", (mentions, field) => {
    expect(() => toMentions({ mentions })).toThrow(
      expect.objectContaining({ code: "store.invalid", facts: { store: "erasure", field } }),
    );
  });

  it.each(["erased", "Erased]", "[ERASED]"])(
    "refuses %j, which would be found where it was erased",
    (text) => {
      expect(() => toMentions({ mentions: [text] })).toThrow(/it would be found in \[erased\]/);
    },
  );

  it("leaves no mention behind, wherever mentions meet", () => {
    const sign = fc.constantFrom("foo", "bar!", "a-b", "!", ".", "-", "%", " ", "x", "[", "]", "+", "\u0301");
    const text = fc.array(sign, { maxLength: 12 }).map((signs) => signs.join(""));
    const names = fc.uniqueArray(fc.constantFrom("foo", "bar!", "a-b", "+foo", "foo bar!", "]foo"), {
      minLength: 1,
    });
    fc.assert(
      fc.property(text, names, (value, mentions) => {
        const person = toMentions({ mentions });
        expect(person.isIn(person.erasedFrom(value))).toBe(false);
      }),
    );
  });
});
