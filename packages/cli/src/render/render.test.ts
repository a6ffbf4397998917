import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { Served } from "../qualify/served.js";
import { formatDuration, formatProgress, ProgressLine } from "./progress-line.js";
import { renderReport } from "./report.js";
import type { ReportData } from "./report-data.js";
import { renderTable } from "./table.js";

describe("renderTable", () => {
  const columns = [
    { title: "Score", align: "right", cell: (row: { score: number }) => String(row.score) },
    { title: "Name", grows: true, cell: (row: { name: string }) => row.name },
  ] as const;

  it("aligns columns, wide characters included", () => {
    const rows = [
      { score: 7, name: "Figma" },
      { score: 100, name: "日本" },
    ];
    expect(renderTable(columns, rows, 40)).toBe("Score  Name\n─────  ─────\n    7  Figma\n  100  日本");
  });

  it("shortens the growing column to the width", () => {
    const [, , line] = renderTable(columns, [{ score: 1, name: "x".repeat(100) }], 30).split("\n");
    expect(line).toHaveLength(30);
    expect(line).toMatch(/…$/);
  });

  it("takes control characters out of cells", () => {
    const table = renderTable(columns, [{ score: 1, name: "a\u001b[31mb\nc" }], 40);
    expect(table.split("\n").at(-1)).toBe("    1  a [31mb c");
  });
});

describe("ProgressLine", () => {
  it.each([
    [850, "850 ms"],
    [12_400, "12 s"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
  ])("says %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("tells counts, rate and time left", () => {
    expect(formatProgress({ label: "qualifying", done: 30, total: 60 }, 3_000)).toMatch(
      /30\/60 {2}10\/s {2}3 s left$/,
    );
  });

  it("draws on a terminal and leaves nothing behind", () => {
    const written: string[] = [];
    const clock = manualClock();
    const line = new ProgressLine({ write: (text) => written.push(text), isTTY: true }, clock);
    line.update({ label: "reading", done: 1 });
    line.update({ label: "reading", done: 2 });
    clock.advance(100);
    expect(written.join("")).toContain("reading 2");
    line[Symbol.dispose]();
    expect(written.at(-1)).toBe("\r\u001b[2K");
    expect(clock.pendingTimers).toBe(0);
  });

  it("stays silent where nobody watches", () => {
    const clock = manualClock();
    const written: string[] = [];
    const line = new ProgressLine({ write: (text) => written.push(text) }, clock);
    line.update({ label: "reading", done: 1 });
    clock.advance(1_000);
    line[Symbol.dispose]();
    expect(written).toEqual([]);
  });
});

describe("renderReport", () => {
  const data: ReportData = {
    source: "leads.csv",
    profile: "Sample",
    createdAt: "2026-11-21T00:00:00.000Z",
    rows: 2,
    imported: 1,
    duplicates: 1,
    rejected: 0,
    scored: 1,
    engines: { rules: 1 },
    costUsd: 0,
    histogram: [0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
    tiers: [{ name: "A", count: 1 }],
    leads: [
      {
        name: '<img src=x onerror="alert(1)">',
        domain: "evil.example",
        country: "US",
        score: 81,
        tier: "A",
        confidence: 0.9,
        engine: "rules",
        nextAction: "contact",
        reasons: ["fits"],
        missing: ["revenue"],
        criteria: [{ label: "Size", outcome: "met", points: 10, maxPoints: 10, evidence: "51–200 people" }],
        attempts: [
          {
            model: "a/<b>",
            purpose: "first",
            outcome: "failed",
            errorCode: "model.stream_cut",
            inputTokens: 900,
            outputTokens: 12,
            costUsd: 0.0004,
            estimated: true,
            startedAtMs: 1_000,
            latencyMs: 50,
          },
          {
            model: "c/d",
            purpose: "failover",
            outcome: "completed",
            inputTokens: 901,
            outputTokens: 80,
            estimated: false,
            startedAtMs: 1_050,
            latencyMs: 100,
          },
        ],
      },
    ],
  };
  const tried = data.leads.flatMap(({ attempts }) => attempts);

  it("shows the lead, its evidence and the engine", () => {
    const html = renderReport(data);
    for (const text of ["51–200 people", "engine: rules", "Tier A", "revenue"]) expect(html).toContain(text);
  });

  it("never lets a lead's text become markup", () => {
    const html = renderReport(data);
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
  });

  it("tells who served what: each model's account, a timeline, and every try of a lead with its cost", () => {
    const served = new Served();
    served.add(tried);
    const report = served.report(new Map([["a/<b>", "open"]]));
    const html = renderReport({ ...data, ...(report && { served: report }) });
    expect(report?.models).toMatchObject([
      { model: "a/<b>", attempts: 1, completed: 0, failed: 1, costUsd: 0.0004, estimatedUsd: 0.0004 },
      { model: "c/d", attempts: 1, completed: 1, failed: 0, inputTokens: 901 },
    ]);
    // An unknown price is not free.
    expect(report?.models[1]).not.toHaveProperty("costUsd");
    for (const text of [
      "Who served what",
      "a/&lt;b&gt;",
      "open",
      "model.stream_cut × 1",
      "failed: model.stream_cut",
      "~$0.000400",
      "unknown",
      "900 + 12",
      'aria-label="Tries over time. a/&lt;b&gt;: 0 answered, 1 failed; c/d: 1 answered, 0 failed"',
    ]) {
      expect(html).toContain(text);
    }
    expect(html.match(/<rect class="(failed|completed)"/g)).toHaveLength(2);
    expect(html).not.toContain("answers are simulated");
  });

  it("says of simulated answers that they are, and leaves the section away where no model was asked", () => {
    const html = renderReport({ ...data, simulated: true });
    expect(html).toContain("answers are simulated");
    expect(html).not.toContain("Who served what");
  });

  it("draws no more tries than a page can hold, and says so", () => {
    const served = new Served();
    const one = tried.slice(0, 1);
    for (let count = 0; count < 5_002; count++) served.add(one);
    const report = served.report();
    expect(report).toMatchObject({ omitted: 2, models: [{ attempts: 5_002 }] });
    expect(renderReport({ ...data, ...(report && { served: report }) })).toContain(
      "2 later tries are not drawn",
    );
  });

  it("asks nothing of the network", () => {
    expect(renderReport(data)).not.toMatch(/(?:src|href)=["']?https?:|@import|url\(/);
  });
});
