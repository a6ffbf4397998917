import { join } from "node:path";
import { findChromium, launchChromium } from "../workspace/chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * The pages of the Next example in a real browser: a qualification by the hook, a chat by the AI SDK's, and what a viewer is refused.
 *
 * @param {string} url Where it runs.
 * @param {{ screenshots?: string | undefined }} [options] A folder for pictures of the pages.
 * @returns {Promise<boolean>} False where no browser is on this machine.
 * @throws Error naming what was not as it should be.
 */
export async function checkNextPages(url, { screenshots } = {}) {
  const chromium = findChromium();
  if (!chromium) return false;
  const browser = await launchChromium(chromium);
  try {
    const page = await signIn(await browser.newPage({ viewport: { width: 960, height: 560 } }), url, "Ada");
    await qualify(page);
    await page.getByText(/\d+ of 100, tier .+, by rules/).waitFor();
    if (screenshots) await page.screenshot({ path: join(screenshots, "next-lead.png") });
    await chat(page);
    if (screenshots) await page.screenshot({ path: join(screenshots, "next-chat.png") });
    await reloadInAnswer(page);
    await showHostileLead(page, url);
    const viewer = await signIn(await (await browser.newContext()).newPage(), url, "Vic");
    await qualify(viewer);
    await viewer.getByRole("alert").getByText("access.denied").waitFor();
  } finally {
    await browser.close();
  }
  return true;
}

/**
 * @param {Page} page
 * @param {string} url
 * @param {string} user
 */
async function signIn(page, url, user) {
  page.on("pageerror", (error) => {
    throw new Error(`the page failed: ${error.message}`);
  });
  await page.goto(url);
  await page.getByRole("button", { name: user }).click();
  await page.waitForURL("**/leads");
  return page;
}

/** @param {Page} page */
async function qualify(page) {
  await page.getByRole("button", { name: "Figma" }).click();
  await page.getByRole("button", { name: "Qualify" }).click();
}

/**
 * What leads hold is text, whatever it is.
 *
 * @param {Page} page
 * @param {string} url
 */
async function showHostileLead(page, url) {
  const name = `<img src=x onerror="window.pwned=1">`;
  const lead = JSON.stringify({ company: name, domain: "xss.example" });
  await page.evaluate(
    async (body) =>
      fetch("/sales/leads/qualify", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      }),
    lead,
  );
  await page.goto(`${url}/leads`);
  await page.getByRole("button", { name }).click();
  await page.getByRole("heading", { name }).waitFor();
  const isInert = (await page.locator("main img").count()) === 0 && !(await page.evaluate("window.pwned"));
  if (!isInert) throw new Error("a lead's name became markup");
}

/** @param {Page} page */
async function chat(page) {
  await page.getByRole("link", { name: "Ask the assistant" }).click();
  await page.getByLabel("Question").fill("Which leads are worth a call?");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("it is what most often is not there.").waitFor();
  const told = await page.locator("#messages li").allTextContents();
  if (told.length !== 2) throw new Error(`the chat shows ${told.length} messages: ${told.join(" | ")}`);
}

/**
 * A page that is loaded anew in the middle of an answer goes on with it.
 *
 * @param {Page} page
 */
async function reloadInAnswer(page) {
  await page.getByLabel("Question").fill("And which are not?");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.locator("#messages li").nth(3).getByText("A lead is").waitFor();
  await page.reload();
  await page.getByText("it is what most often is not there.").waitFor();
}
