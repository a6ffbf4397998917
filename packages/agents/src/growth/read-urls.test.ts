import { describe, expect, it } from "vitest";
import { toSource, urlsIn } from "./read-urls.js";

describe("urlsIn", () => {
  it("finds addresses in prose, Markdown and JSON", () => {
    const text = JSON.stringify({
      text: 'See (https://a.example/x). Or [b](https://b.example/y), "https://c.example/"',
    });
    expect([...urlsIn(text)]).toEqual(["https://a.example/x", "https://b.example/y", "https://c.example"]);
  });
});

describe("toSource", () => {
  it.each([
    ["https://A.example/x/#top", "https://a.example/x"],
    ["https://a.example/x?q=1", "https://a.example/x?q=1"],
    [" facts ", "facts"],
  ])("spells %s one way", (text, source) => {
    expect(toSource(text)).toBe(source);
  });
});
