import { describe, expect, it } from "vitest";
import { readTable } from "./read-table.js";
import { textSource } from "./source/byte-source.js";

async function rowsOf(text: string) {
  const { headers, rows } = await readTable(textSource("table.csv", text));
  const read = [];
  for await (const row of rows()) read.push(row);
  return { headers, read };
}

describe("readTable", () => {
  it("reads cells as they stand, numbers rows as a spreadsheet does, and leaves blank rows out", async () => {
    const { headers, read } = await rowsOf('Stage;Amount\n"Won; at last";1.200\n;\n Lost ;0\n');
    expect(headers).toEqual(["Stage", "Amount"]);
    expect(read).toMatchObject([
      { status: "read", row: 2, cells: ["Won; at last", "1.200"] },
      { status: "read", row: 4, cells: [" Lost ", "0"] },
    ]);
  });

  it("rejects a row of too few or too many cells with its number, and goes on", async () => {
    const { read } = await rowsOf("Name,Role\nAda,CTO\nBo\nCy,CEO,also\nDi,CIO\n");
    expect(read).toMatchObject([
      { status: "read", row: 2 },
      { status: "rejected", row: 3, reason: "the row has 1 cells, the header has 2" },
      { status: "rejected", row: 4, cells: ["Cy", "CEO", "also"] },
      { status: "read", row: 5 },
    ]);
  });

  it("refuses what is no CSV with a header", async () => {
    await expect(readTable(textSource("empty.csv", ""))).rejects.toMatchObject({ code: "intake.unreadable" });
  });
});
