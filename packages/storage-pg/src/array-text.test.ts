import { afterAll, beforeAll, expect, it } from "vitest";
import { toArrayText } from "./array-text.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const read = async (items: readonly unknown[], type: string) => {
  const text = `select item from unnest($1::${type}[]) as t (item)`;
  const rows = await database.query(text, [toArrayText(items)]);
  return rows.map((row) => row["item"]);
};

it("is read back as the very texts", async () => {
  const texts = [
    ...[
      "plain",
      "",
      " ",
      "null",
      "NULL",
      "Null",
      "nullable",
      "a,b",
      "{a}",
      "}",
      '"',
      '\\"',
      "\\",
      "\\n",
      "a\nb\tc",
    ],
    ...[
      "'; drop table x",
      "Grüße",
      "日本",
      "😀",
      "\u00a0",
      "\u2028",
      "ada+sales@x.example",
      "https://x.example/a?b=c",
    ],
  ];
  expect(await read(texts, "text")).toEqual(texts);
});

it("holds what is absent, numbers, truth values and instants", async () => {
  expect(await read([null, undefined, "x"], "text")).toEqual([null, null, "x"]);
  expect(await read([-1.5, 1e300, null], "double precision")).toEqual([-1.5, 1e300, null]);
  expect(await read([true, false, undefined], "boolean")).toEqual([true, false, null]);
  expect(await read(["2026-05-01T09:30:00.000Z"], "timestamptz")).toEqual([
    new Date("2026-05-01T09:30:00.000Z"),
  ]);
  expect(await read([], "text")).toEqual([]);
});
