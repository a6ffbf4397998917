import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encoded, inChunks } from "../testing/chunks.js";
import type { Encoding } from "./encoding.js";
import type { RawRow } from "./raw-row.js";
import { RowBlocks } from "./row-blocks.js";
import type { CsvDialect } from "./row-splitter.js";

const COMMA: CsvDialect = { delimiter: ",", newline: "\n" };

interface ReadSettings {
  readonly dialect?: CsvDialect;
  readonly encoding?: Encoding;
  readonly maxCellBytes?: number;
  readonly sizes?: readonly number[];
}

function read(bytes: Uint8Array, settings: ReadSettings = {}): readonly RawRow[] {
  const { dialect = COMMA, encoding = "utf-8", maxCellBytes = 1_000, sizes = [7] } = settings;
  const blocks = new RowBlocks({ source: "leads.csv", encoding, dialect, maxCellBytes, byte: 0, row: 1 });
  const rows: RawRow[] = [];
  for (const chunk of inChunks(bytes, sizes)) for (const block of blocks.push(chunk)) rows.push(...block);
  for (const block of blocks.end()) rows.push(...block);
  return rows;
}

const readText = (text: string, settings?: ReadSettings) => read(encoded(text, "utf-8"), settings);
const cellsOf = (rows: readonly RawRow[]) => rows.map(({ cells }) => cells?.map((cell) => cell.trim()));

describe("rows", () => {
  it.each([
    [
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a,b\r\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a,b\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ['"a,1",b\n', [["a,1", "b"]]],
    ['"a\n1","b ""x"""\r\n', [["a\n1", 'b "x"']]],
    [
      '"a" ,"b"\t\nc,d\n',
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ['"a","b" \r\n', [["a", "b"]]],
    ['5" pipe,b\n', [['5" pipe', "b"]]],
    ['"",""\n', [["", ""]]],
    ["a\n\nb\n", [["a"], [""], ["b"]]],
    ['"last"', [["last"]]],
    ['"x"\n', [["x"]]],
    ["", []],
  ])("reads %j", (text, rows) => {
    expect(cellsOf(readText(text))).toEqual(rows);
  });

  it("ends rows at lone carriage returns where these are the line ends", () => {
    const rows = readText('a,b\r"c\n1",d\r', { dialect: { delimiter: ",", newline: "\r" } });

    expect(cellsOf(rows)).toEqual([
      ["a", "b"],
      ["c\n1", "d"],
    ]);
  });

  it("keeps a tab as the delimiter, even after a closing quote", () => {
    expect(cellsOf(readText('"a"\t"b"\n', { dialect: { delimiter: "\t", newline: "\n" } }))).toEqual([
      ["a", "b"],
    ]);
  });
});

describe("faulty rows", () => {
  it("sets a row with an undoubled quote aside, and goes on behind it", () => {
    const rows = readText('a,b\n"c "x" y",d\ne,f\n');

    expect(rows.map(({ row, fault }) => [row, fault !== undefined])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
    expect(rows[1]).toMatchObject({ text: '"c "x" y",d' });
  });

  it("sets aside all lines that an unclosed quote swallowed", () => {
    const rows = readText('a,b\n"c,d\n"e",f\ng,h\n');

    expect(rows.map((row) => row.cells ?? row.text)).toEqual([["a", "b"], '"c,d\n"e",f', ["g", "h"]]);
  });

  it.each([[[7]], [[100_000]]])("sets aside a row with an oversized cell, in chunks of %j", (sizes) => {
    const rows = readText(`a,b\n${"x".repeat(5_000)},"y\n${"z".repeat(3_000)}"\nc,d\n`, { sizes });

    expect(rows.map(({ row, fault }) => [row, fault !== undefined])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
    expect(rows[1]).toMatchObject({ text: "x".repeat(1_000), endByte: 8_010 });
    expect(rows[2]?.cells).toEqual(["c", "d"]);
  });

  it("allows a cell just below the limit", () => {
    expect(readText(`${"x".repeat(999)},b\n`)[0]?.fault).toBeUndefined();
    expect(readText(`b,${"x".repeat(1_000)}\n`)[0]?.fault).toMatch(/1000 bytes/);
  });

  it("sets aside a row that never ends, though its cells are small", () => {
    expect(readText(`${"a,".repeat(10_000)}\nb\n`).map(({ fault }) => fault !== undefined)).toEqual([
      true,
      false,
    ]);
  });

  it("names the row in which a quote was opened and never closed", () => {
    expect(() => readText(`a,b\nc,"d\n${"e,f\n".repeat(2_000)}`)).toThrow(
      expect.objectContaining({
        code: "intake.unreadable",
        facts: { source: "leads.csv", row: 2 },
        message: expect.stringContaining("row 2 is never closed"),
      }),
    );
  });

  it("gives the rows before an unclosed quote", () => {
    const blocks = new RowBlocks({
      source: "x",
      encoding: "utf-8",
      dialect: COMMA,
      maxCellBytes: 100,
      byte: 0,
      row: 1,
    });

    expect([...blocks.push(encoded('a,b\n"c\n', "utf-8"))]).toHaveLength(1);
    expect(() => [...blocks.end()]).toThrow();
  });
});

describe("encodings", () => {
  it("reads rows that are not UTF-8 as Windows-1252, and says so", () => {
    const bytes = Uint8Array.from([
      ...encoded("Zürich\n", "utf-8"),
      ...encoded("M\u00fcller \u0080\n", "windows-1252"),
    ]);

    const rows = read(bytes, { sizes: [100] });

    expect(rows.map(({ cells, fellBack }) => [cells?.[0], fellBack])).toEqual([
      ["Zürich", undefined],
      ["Müller €", true],
    ]);
  });

  it("keeps a replacement character that is really there", () => {
    expect(readText("a\ufffd,b\n")).toMatchObject([{ cells: ["a\ufffd", "b"] }]);
    expect(readText("a\ufffd,b\n")[0]?.fellBack).toBeUndefined();
  });

  it("leaves out NUL characters, which no database keeps", () => {
    expect(readText('a\0b,"\0c"\n')[0]?.cells).toEqual(["ab", "c"]);
  });

  it("replaces unpaired halves of UTF-16", () => {
    expect(read(encoded("a\ud800b\n", "utf-16le"), { encoding: "utf-16le" })[0]?.cells).toEqual(["a\ufffdb"]);
  });
});

describe("any file", () => {
  const cell = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.string({
        unit: fc.constantFrom("a", "é", "😀", "Ж", " ", '"', ",", "\n", "\r\n", ";"),
        maxLength: 8,
      }),
    },
    { weight: 1, arbitrary: fc.constant("") },
  );
  const file = fc.record({
    rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
    newline: fc.constantFrom("\n", "\r\n"),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    encoding: fc.constantFrom("utf-8" as const, "utf-16le" as const, "utf-16be" as const),
    lastEnd: fc.boolean(),
    sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
  });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

  it("reads back what was written, at any chunking, and knows where each row ends", () => {
    fc.assert(
      fc.property(file, ({ rows, newline, delimiter, encoding, lastEnd, sizes }) => {
        const lines = rows.map((cells) => cells.map(quote).join(delimiter));
        const bytes = encoded(lines.join(newline) + (lastEnd ? newline : ""), encoding);
        const dialect = { delimiter, newline: "\n" } as const;

        const read1 = read(bytes, { dialect, encoding, sizes });

        expect(read1.map(({ cells }) => cells)).toEqual(rows);
        expect(read1.at(-1)?.endByte).toBe(bytes.length);
        const ends = lines.map(
          (_, index) =>
            encoded(
              lines
                .slice(0, index + 1)
                .map((line) => line + newline)
                .join(""),
              encoding,
            ).length,
        );
        expect(read1.slice(0, -1).map(({ endByte }) => endByte)).toEqual(ends.slice(0, -1));
      }),
    );
  });

  it("gives the same rows at any chunking, however broken the file", () => {
    const mess = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é"), maxLength: 200 });
    const attempt = (text: string, sizes: readonly number[]) => {
      try {
        return readText(text, { sizes, maxCellBytes: 20 });
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(mess, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, sizes) => {
        expect(attempt(text, sizes)).toEqual(attempt(text, [1_000]));
      }),
      { numRuns: 500 },
    );
  });

  it("can begin at any row border", () => {
    fc.assert(
      fc.property(file, fc.nat(), ({ rows, newline, delimiter, encoding, sizes }, pick) => {
        const bytes = encoded(
          rows.map((cells) => cells.map(quote).join(delimiter) + newline).join(""),
          encoding,
        );
        const dialect = { delimiter, newline: "\n" } as const;
        const whole = read(bytes, { dialect, encoding, sizes });
        const border = whole[pick % whole.length];
        const byte = border?.endByte ?? 0;
        const row = (border?.row ?? 0) + 1;

        const blocks = new RowBlocks({ source: "x", encoding, dialect, maxCellBytes: 1_000, byte, row });
        const rest = [...blocks.push(bytes.subarray(byte))].flat();

        expect(rest).toEqual(whole.slice(row - 1));
      }),
    );
  });
});
