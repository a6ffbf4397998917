import { expect, it } from "vitest";
import { visibleText } from "./visible-text.js";

it.each([
  ["ada@fjord.example", "ada@fjord.example"],
  ["two\nlines\tand a tab", "two\nlines\tand a tab"],
  ["moc.live@\u202emoc.doog", "moc.live@⟦U+202E⟧moc.doog"],
  ["pay\u200bpal", "pay⟦U+200B⟧pal"],
  ["a\u0000b\u001b[31m", "a⟦U+0000⟧b⟦U+001B⟧[31m"],
  ["half \ud83d of a pair", "half ⟦U+D83D⟧ of a pair"],
  ["👩‍💻 می‌خواهم", "👩‍💻 می‌خواهم"],
])("shows %j as it is meant", (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
