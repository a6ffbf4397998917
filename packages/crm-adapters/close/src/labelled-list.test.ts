import { expect, it } from "vitest";
import { changedList, EMAILS, type ListChange, PHONES } from "./labelled-list.js";

const CURRENT = [
  { email: "Ada@x.test", type: "home", is_unsubscribed: false },
  { email: "ada@y.test", type: "direct", is_unsubscribed: true },
];

it.each<[string, ListChange, readonly (readonly [string, string])[] | undefined]>([
  [
    "adds one and keeps the others with their types",
    { others: ["ada@y.test", "ada@z.test"] },
    [
      ["Ada@x.test", "home"],
      ["ada@y.test", "direct"],
      ["ada@z.test", "office"],
    ],
  ],
  [
    "puts a new first one in the place of the old, with its type",
    { first: "new@x.test" },
    [
      ["new@x.test", "home"],
      ["ada@y.test", "direct"],
    ],
  ],
  [
    "moves one that is there to the front",
    { first: "ada@y.test", others: ["ada@x.test"] },
    [
      ["ada@y.test", "direct"],
      ["Ada@x.test", "home"],
    ],
  ],
  ["takes the first one away", { first: null }, [["ada@y.test", "direct"]]],
  ["takes the others away", { others: null }, [["Ada@x.test", "home"]]],
  ["says nothing where letters' case is all that differs", { first: "ada@x.test" }, undefined],
  ["says nothing where nothing is asked", {}, undefined],
])("%s", (_, change, expected) => {
  const list = changedList(CURRENT, change, EMAILS);

  expect(list?.map(({ email, type }) => [email, type])).toEqual(expected);
  expect(list?.every((item) => Object.keys(item).length === 2) ?? true).toBe(true);
});

it("compares numbers by their digits", () => {
  expect(changedList([{ phone: "+4930123" }], { first: "+49 30 123" }, PHONES)).toBeUndefined();
});
