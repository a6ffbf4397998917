import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "../../scripts/workspace/chromium.mjs";
import { openExample } from "./open-example.mjs";

const chromium = findChromium();
if (!chromium) console.log("No Chromium on this machine: the pages are not tested. CHROMIUM_PATH names one.");
/** Set to a folder, the pages are kept there as pictures. */
const screenshots = process.env["SCREENSHOTS"];

const hostile = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;

/** A browser on a busy machine takes its time. */
const timeout = 60_000;

describe.skipIf(!chromium)("the pages of the Express example", { timeout }, () => {
  let browser: Browser;
  let clientFolder: string;
  let example: Awaited<ReturnType<typeof openExample>>;
  let failures: string[] = [];

  beforeAll(async () => {
    clientFolder = await mkdtemp(join(tmpdir(), "salesagent-client-"));
    await build({
      entryPoints: [fileURLToPath(new URL("../../packages/client/src/index.ts", import.meta.url))],
      ...{ outdir: clientFolder, bundle: true, format: "esm", logLevel: "error" },
    });
    example = await openExample({ clientFolder });
    browser = await launchChromium(chromium as string);
  });
  afterAll(async () => {
    await browser?.close();
    await example?.end();
    await rm(clientFolder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(failures).toEqual([]);
    failures = [];
  });

  /** The page of leads, of somebody who has just signed in. */
  async function openLeads(user: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 960, height: 640 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(example.url);
    await page.getByRole("button", { name: user }).click();
    await page.waitForURL("**/leads");
    return page;
  }

  it("shows a qualification while it is made", async () => {
    const page = await openLeads("Ada");
    await page.getByRole("button", { name: "Asana" }).click();
    await page.getByRole("button", { name: "Qualify" }).click();
    await page.getByText(/\d+ of 100, tier .+, by rules/).waitFor();
    expect(await page.locator("#criteria tr").count()).toBeGreaterThan(2);
    expect(await page.getByRole("status").textContent()).toBe("completed");
    if (screenshots) await page.screenshot({ path: join(screenshots, "express-lead.png") });
  });

  it("has the whole text after a reload in the middle of it", async () => {
    const page = await openLeads("Ada");
    await page.getByRole("button", { name: "Asana" }).click();
    await page.getByRole("button", { name: "Draft a mail" }).click();
    await page.getByText("(Simulated:").waitFor();
    await page.reload();
    await page.getByText("Would twenty minutes next week be of use to you?").waitFor();
    const text = await page.locator("#text").textContent();
    expect(text?.match(/Simulated/g)).toHaveLength(1);
  });

  it("stops a run", async () => {
    const page = await openLeads("Ada");
    await page.getByRole("button", { name: "Asana" }).click();
    await page.getByRole("button", { name: "Draft a mail" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("cancelled").waitFor();
  });

  it("shows what leads hold as text, whatever it is", async () => {
    const { leads } = example.sales.storage.tenant("umbrella");
    const company = { name: hostile, description: hostile, domain: "xss.example", provenance: {} };
    await leads.insertMany([{ company, source: hostile, keys: ["domain:xss.example"] }]);
    const page = await openLeads("Eve");
    await page.getByRole("button", { name: hostile }).click();
    await page.getByRole("button", { name: "Qualify" }).click();
    await page.getByText(/\d+ of 100/).waitFor();
    expect(await page.locator("#company").textContent()).toBe(hostile);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(await page.locator("main img, main script").count()).toBe(0);
  });

  it("tells who may only look why nothing happens", async () => {
    const page = await openLeads("Vic");
    await page.getByRole("button", { name: "Asana" }).click();
    await page.getByRole("button", { name: "Qualify" }).click();
    await page.getByRole("alert").getByText("access.denied").waitFor();
  });
});
