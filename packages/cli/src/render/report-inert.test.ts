import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "../../../../scripts/workspace/chromium.mjs";
import { renderReport } from "./report.js";
import type { ReportAttempt, ReportData, ReportLead } from "./report-data.js";

const chromium = findChromium();
if (!chromium) console.log("No Chromium on this machine: the report is not opened. CHROMIUM_PATH names one.");

/** Texts that do something wherever they become markup, a script or an address. */
const PAYLOADS = [
  `<img src=x onerror="window.pwned=1">`,
  `</title></style><script>window.pwned=1</script>`,
  `</script><script>window.pwned=1</script>`,
  `"><svg onload=window.pwned=1>`,
  `' onmouseover='window.pwned=1' x='`,
  `<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
  "&lt;script&gt;window.pwned=1&lt;/script&gt;",
];
let used = 0;
const hostile = (): string => PAYLOADS[used++ % PAYLOADS.length] ?? "";
/** A text of each kind in turn for every field, so that each field has held each. */
const reports = PAYLOADS.map((_, turn) => {
  used = turn;
  return reportOf(hostile);
});

function reportOf(text: () => string): ReportData {
  const attempt: ReportAttempt = {
    ...{ model: text(), purpose: text(), outcome: "failed", errorCode: text(), estimated: true },
    ...{ inputTokens: 1, outputTokens: 1, startedAtMs: 0, latencyMs: 1 },
  };
  const served = {
    attempts: 1,
    completed: 0,
    failed: 1,
    aborted: 0,
    inputTokens: 1,
    outputTokens: 1,
    estimatedUsd: 0,
  };
  const lead: ReportLead = {
    ...{ name: text(), domain: text(), country: text(), tier: text(), engine: text(), nextAction: text() },
    ...{ score: 50, confidence: 0.5, reasons: [text(), text()], missing: [text()], attempts: [attempt] },
    criteria: [{ label: text(), outcome: text(), points: 1, maxPoints: 2, evidence: text() }],
  };
  return {
    ...{
      source: text(),
      profile: text(),
      createdAt: text(),
      rows: 1,
      imported: 1,
      duplicates: 0,
      rejected: 0,
      scored: 1,
    },
    ...{
      engines: { [text()]: 1 },
      histogram: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      tiers: [{ name: text(), count: 1 }],
    },
    leads: [lead],
    served: {
      models: [{ ...served, model: text(), errors: { [text()]: 1 }, breaker: text() }],
      timeline: [attempt],
      omitted: 0,
    },
  };
}

/** What would be there if a text had become more than text. */
const GROWN = `({
  pwned: window.pwned,
  elements: document.querySelectorAll("body script ~ script, iframe, img, object, svg[onload], [srcdoc]").length,
  handlers: [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith("on")).length,
})`;

describe.skipIf(!chromium)("a report in a browser", () => {
  it("keeps whatever leads and models say a text", async () => {
    const browser = await launchChromium(chromium as string);
    const folder = await mkdtemp(join(tmpdir(), "salesagent-report-"));
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const troubles: string[] = [];
      page.on("pageerror", ({ message }) => troubles.push(message));
      page.on("console", (message) => troubles.push(message.text()));
      for (const [index, report] of reports.entries()) {
        const file = join(folder, `${index}.html`);
        await writeFile(file, renderReport(report));
        await page.goto(pathToFileURL(file).href);
        await page.locator("details > summary").first().click();
        await page.getByLabel("Filter").fill("nothing is like this");
        expect(await page.locator("details").first().isVisible()).toBe(false);
        await page.getByLabel("Filter").fill("");
        expect(await page.evaluate(GROWN)).toEqual({ pwned: undefined, elements: 0, handlers: 0 });
        const shown = await page.locator("body").innerText();
        expect(shown).toContain(report.leads[0]?.name);
        expect(shown).toContain(report.leads[0]?.criteria[0]?.evidence);
      }
      expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([]);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
