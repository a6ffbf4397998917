import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCsv, wantsCsv } from "./csv.js";

/** Reads a table back, as RFC 4180 has it. */
function read(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", after] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (after === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("a table as CSV", () => {
  it("ends its lines as RFC 4180 has it, and quotes what needs it", () => {
    const text = toCsv(
      ["agent", "calls"],
      [
        ["a,b", 1],
        ['say "hi"', 2],
        ["two\nlines", 3],
      ],
    );
    expect(text).toBe('agent,calls\r\n"a,b",1\r\n"say ""hi""",2\r\n"two\nlines",3\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])(
    "has %j as a text and not as a formula",
    (cell) => {
      expect(read(toCsv(["cell"], [[cell]]))).toEqual([["cell"], [`'${cell}`]]);
    },
  );

  it("leaves numbers alone, also those below zero", () => {
    expect(toCsv(["cell"], [[-1.5]])).toBe("cell\r\n-1.5\r\n");
  });

  it("gives every text back, but for the apostrophe before a formula, and never a formula", () => {
    const mark = fc.constantFrom('"', ",", "\r", "\n", "'", "=", "+", "-", "@", "\t", " ", "a");
    const cell = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: mark }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 10 }), (rows) => {
        const back = read(toCsv(["a", "b"], rows)).slice(1);
        const inert = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
        expect(back).toEqual(rows.map((row) => row.map(inert)));
        for (const text of back.flat()) expect(text).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});

describe("CSV is wanted", () => {
  const wants = (accept: string | undefined, format?: "json" | "csv") =>
    wantsCsv(new Request("https://x.test/", { headers: accept === undefined ? {} : { accept } }), format);

  it("by name, else by what is accepted, else not", () => {
    expect([wants("application/json", "csv"), wants("text/csv", "json")]).toEqual([true, false]);
    expect([wants("text/csv"), wants("text/csv, application/json"), wants("*/*"), wants(undefined)]).toEqual([
      ...[true, false, false, false],
    ]);
  });
});
