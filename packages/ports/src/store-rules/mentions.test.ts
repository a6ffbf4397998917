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
    "dear Bo\r\n  Ångström,",
    "https://x.example/?name=Bo+%C3%85ngstr%C3%B6m",
    "https://x.example/?to=mailto%3Abo%40figma.example%26a",
    '{"text":"Yours\\nBo Ångström\\nbo@figma.example"}',
    '{"from":"Bo \\u00c5ngstr\\u00f6m"}',
    "_bo@figma.example_",
    "请联系bo@figma.example谢谢",
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
    "https://x.example/?to=j%C3%B6bo@figma.example",
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

  it("finds letters that are not equal to their own lower case", () => {
    expect(toMentions({ mentions: ["İbrahim"] }).erasedFrom("Merhaba İbrahim!")).toBe("Merhaba [erased]!");
  });

  it("finds names where nobody writes spaces, and where an ending is joined to them", () => {
    const person = toMentions({ mentions: ["李小龙", "김철수"] });
    expect(person.erasedFrom("我是李小龙。김철수는")).toBe("我是[erased]。[erased]는");
  });

  it("leaves nothing of the longer one of two mentions", () => {
    expect(toMentions({ mentions: ["Bob", "Bob Lind"] }).erasedFrom("Bob Lind, Bob")).toBe(
      "[erased], [erased]",
    );
  });

  it("gets through a text in which each mention hides the one before it", () => {
    const person = toMentions({ mentions: ["https://x.example/in/bo/"] });
    const left = person.erasedFrom("https://x.example/in/bo/".repeat(20_000));
    expect(left.replaceAll("[erased]", "")).toBe("");
  });

  it.each([
    [[], "person.mentions"],
    [["bo \ud800"], "person.mentions[0]"],
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
