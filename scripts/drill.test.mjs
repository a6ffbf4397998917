import { describe, expect, it } from "vitest";
import { readDrilled } from "../bench/drill/drilled.mjs";
import { drillReport } from "../bench/drill/report.mjs";
import { drillTable } from "../bench/drill/table.mjs";

const row = {
  ...{ type: "row", id: 8, title: "cut mid-answer", caller: "fail", callerNote: "a truncated text <b>" },
  ...{ provider: "pass", providerNote: "1 + 0 requests", requests: { primary: 1, fallback: 0 } },
  ...{ calls: 1, answered: 0, elapsedMs: 9 },
};
const summary = { type: "summary", subject: "Acme", note: "as it comes", versions: { acme: "1.2.3" } };
const printed = (/** @type {readonly object[]} */ ...values) =>
  values.map((value) => JSON.stringify(value)).join("\n");
const output = printed(row, { ...summary, passed: 0, total: 1, calls: 1, answered: 0 });

describe("readDrilled", () => {
  it("leaves out what a peer's packages write between the lines", () => {
    const { subject, rows } = readDrilled("acme", `(node:1) Warning\n${output}\nFrom chunk: {}\n`);

    expect(subject).toBe("Acme");
    expect(rows.map(({ id }) => id)).toEqual([8]);
  });

  it("says what a drill printed that broke off", () => {
    expect(() => readDrilled("acme", `${printed(row)}\nError: no such package`)).toThrow(
      /The drill of acme broke off:.*no such package/s,
    );
  });
});

describe("the table", () => {
  it("has verdicts, totals, what failed, and how each was set up", () => {
    const table = drillTable([readDrilled("acme", output)]);

    expect(table).toMatch(/8 cut mid-answer +│ ✗ +✓ 1\+0/);
    expect(table).toMatch(/passed from both sides +│ 0 of 1/);
    expect(table).toContain("✗ 8 cut mid-answer, caller: a truncated text");
    expect(table).toContain("Acme: acme 1.2.3. as it comes");
  });
});

describe("the report", () => {
  it("is safe from what it shows, and loads nothing", () => {
    const html = drillReport([readDrilled("acme", output)], "2026-11-21T00:00:00Z");

    expect(html).toContain("a truncated text &lt;b&gt;");
    expect(html).not.toMatch(/<script|https?:\/\//);
  });
});
