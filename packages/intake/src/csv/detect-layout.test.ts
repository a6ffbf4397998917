import { describe, expect, it } from "vitest";
import { textSource } from "../source/byte-source.js";
import { chunkedSource, encoded } from "../testing/chunks.js";
import { detectLayout, type LayoutOptions } from "./detect-layout.js";

const layoutOf = (content: string | Uint8Array, options: Partial<LayoutOptions> = {}) =>
  detectLayout(textSource("leads.csv", content), { maxCellBytes: 1_000_000, ...options }, undefined);

describe("the delimiter", () => {
  it.each([
    [",", "Company,Country,City\nAcme,US,Boston\nBeta,DE,Berlin\n"],
    [";", "Company;Country;Address\nAcme;US;1 Main St, Boston, MA\nBeta;DE;Ring 2, Berlin\n"],
    [";", "Firma;Umsatz\nAcme;1,5\nBeta;2,5\nGamma;3,5\n"],
    ["\t", "Company\tNotes\nAcme\ta, b; c\nBeta\td; e | f\n"],
    ["|", 'Company|Notes\n"Acme, Inc"|"a;b"\nBeta|c\n'],
    [",", 'Company,Notes\n"Acme; Inc","a;b;c"\n"Beta; Ltd","d;e;f"\n'],
    [",", "Company\nAcme\nBeta\n"],
    [";", "Company\nAcme, Inc\nBeta, Ltd\n"],
    [";", "sep=;\nWhatever;Website\nAcme;acme.com\n"],
    ["^", "sep=^\r\nCompany^Website\r\nAcme^acme.com\r\n"],
  ])("is %j", async (delimiter, text) => {
    expect((await layoutOf(text)).dialect.delimiter).toBe(delimiter);
  });

  it("is taken as told", async () => {
    const { headers } = await layoutOf("Company:Country\nAcme:US\n", { delimiter: ":" });

    expect(headers).toEqual(["Company", "Country"]);
  });
});

describe("the encoding", () => {
  const text = "Company,City\nMüller,Zürich\nŁódka,Łódź\n";

  it.each([
    ["utf-8", "utf-8", false],
    ["utf-8", "utf-8", true],
    ["utf-16le", "utf-16le", true],
    ["utf-16be", "utf-16be", true],
    ["utf-16le", "utf-16le", false],
    ["utf-16be", "utf-16be", false],
  ] as const)("is %s", async (encoding, written, mark) => {
    const layout = await layoutOf(encoded(text, written, mark));

    expect(layout).toMatchObject({
      encoding,
      headers: ["Company", "City"],
      sampleRows: [
        ["Müller", "Zürich"],
        ["Łódka", "Łódź"],
      ],
    });
  });
});

describe("the line end", () => {
  it.each([
    ["\n", "Company,City\nAcme,Boston\n"],
    ["\n", "Company,City\r\nAcme,Boston\r\n"],
    ["\n", "Company,City\r\nAcme,Boston\nBeta,Berlin\r\n"],
    ["\r", "Company,City\rAcme,Boston\rBeta,Berlin\r"],
    ["\r", "Company,City\rAcme,Boston"],
    ["\r", 'Company,City\rAcme,"Boston\nMA"\rBeta,Berlin\r'],
  ] as const)("is %j in %j", async (newline, text) => {
    const layout = await layoutOf(text);

    expect(layout.dialect.newline).toBe(newline);
    expect(layout.headers).toEqual(["Company", "City"]);
  });
});

describe("the header", () => {
  it("is named by its columns, each name once", async () => {
    const { headers } = await layoutOf("Company, Phone ,Phone,,__proto__\nAcme,1,2,,\n");

    expect(headers).toEqual(["Company", "Phone", "Phone (2)", "Column 4", "proto"]);
  });

  it("is found below notes, which are told to be left out", async () => {
    const layout = await layoutOf(
      'Notes:\n"When exporting, some, e-mails are missing"\n\nFirst Name,Last Name,Company\nAda,Lovelace,Acme\n',
    );

    expect(layout.headers).toEqual(["First Name", "Last Name", "Company"]);
    expect(layout.dataRow).toBe(5);
    expect(layout.warnings).toEqual([expect.stringContaining("row 4")]);
  });

  it("is the first row even when no name is known", async () => {
    expect((await layoutOf("Foo,Bar\nx,y\n")).headers).toEqual(["Foo", "Bar"]);
  });

  it("is given for a file without one", async () => {
    const layout = await layoutOf("Acme,acme.com\nBeta,beta.com\n", { headers: ["Company", "Website"] });

    expect(layout).toMatchObject({ headers: ["Company", "Website"], dataByte: 0, dataRow: 1 });
  });

  it.each(["Acme,https://acme.com\nBeta,https://beta.com\n", "ada@acme.com;Ada\nbob@beta.com;Bob\n"])(
    "is missed in %j",
    async (text) => {
      await expect(layoutOf(text)).rejects.toMatchObject({
        code: "intake.unreadable",
        facts: { source: "leads.csv", row: 1 },
        message: expect.stringContaining("looks like data"),
      });
    },
  );
});

it("samples rows as wide as the header only", async () => {
  const { sampleRows } = await layoutOf("Company,City\nragged\nAcme,Boston\na,b,c\n");

  expect(sampleRows).toEqual([["Acme", "Boston"]]);
});

describe("what is no CSV", () => {
  it.each([
    ["", /empty/],
    [" \n\n ", /white space/],
    ["\ufeff", /white space|empty/],
    ["<!DOCTYPE html><html><body>Log in</body></html>", /web page \(HTML\)/],
    ['<?xml version="1.0"?><leads/>', /XML/],
    ['[{"company": "Acme"}]', /JSON/],
    ['{"leads": []}', /JSON/],
    ["Company,Website\n", /no row of data/],
    ['"Company,Website\nAcme,acme.com\n', /no header row/],
  ])("%j is refused", async (text, message) => {
    await expect(layoutOf(text)).rejects.toMatchObject({
      code: "intake.unreadable",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [[0x50, 0x4b, 0x03, 0x04, 0x14], /Excel .*export it as CSV/],
    [[0xd0, 0xcf, 0x11, 0xe0, 0xa1], /old Excel/],
    [[0x89, 0x50, 0x4e, 0x47, 0x0d], /PNG/],
    [[0x25, 0x50, 0x44, 0x46, 0x2d], /PDF/],
    [[0x1f, 0x8b, 0x08, 0x00], /gzip/],
    [[0x43, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x09], /binary/],
  ])("bytes %j are refused", async (bytes, message) => {
    await expect(layoutOf(Uint8Array.from(bytes))).rejects.toMatchObject({
      code: "intake.unreadable",
      message: expect.stringMatching(message),
    });
  });
});

it("rejects with the caller's reason while the source hangs", async () => {
  const caller = new AbortController();
  const hung = {
    name: "x",
    open: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
  };
  const pending = detectLayout(hung, { maxCellBytes: 1_000 }, caller.signal);

  caller.abort(new Error("closed the tab"));

  await expect(pending).rejects.toThrow("closed the tab");
});

it("reads no more of a long file than its beginning", async () => {
  let given = 0;
  const line = encoded("Acme,Boston\n".repeat(100), "utf-8");
  const long = {
    ...chunkedSource(line, [1]),
    async *open() {
      yield encoded("Company,City\n", "utf-8");
      for (;;) {
        given += line.length;
        yield line;
      }
    },
  };

  await detectLayout(long, { maxCellBytes: 1_000 }, undefined);

  expect(given).toBeLessThan(70_000);
});
