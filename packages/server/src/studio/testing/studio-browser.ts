import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { StudioWorld } from "./studio-world.js";

/** A page of Studio in a browser, and what went wrong on it. */
export interface StudioPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and the console, dialogs, and requests to anywhere but the app. */
  readonly troubles: string[];
  /** Waits until nothing is being loaded. */
  settled(): Promise<void>;
  go(place: string): Promise<void>;
}

export interface PageOptions {
  /** Nobody is signed in without one. @defaultValue "member" */
  readonly role?: string | undefined;
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly place?: string;
}

export async function openStudioPage(
  browser: Browser,
  { url }: Pick<StudioWorld, "url">,
  { role = "member", colorScheme = "light", width = 1_000, place = "" }: PageOptions = {},
): Promise<StudioPage> {
  const context = await browser.newContext({
    ...{ colorScheme, viewport: { width, height: 760 }, locale: "en-GB", timezoneId: "UTC" },
    reducedMotion: "reduce",
  });
  if (role !== "") await context.addCookies([{ name: "as", value: role, url }]);
  const troubles: string[] = [];
  const { origin } = new URL(url);
  await context.route("**/*", async (route) => {
    const asked = route.request().url();
    if (new URL(asked).origin === origin) return route.continue();
    troubles.push(`asked ${asked}`);
    return route.abort();
  });
  // Goes on by itself, and faster where a test says so.
  await context.clock.install();
  const page = await context.newPage();
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
  });
  page.on("dialog", (dialog) => {
    troubles.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  const settled = async () => {
    await page.locator("h1").waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await page.getByText("Loading…").waitFor({ state: "detached" });
  };
  const go = async (to: string) => {
    await page.goto(`${url}${to}`);
    await settled();
  };
  if (role !== "") await go(place);
  return { page, context, troubles, settled, go };
}

/** Keeps a picture of a page in the docs, where that is asked for: `UPDATE_SCREENSHOTS=1`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env["UPDATE_SCREENSHOTS"] !== "1") return;
  const folder = fileURLToPath(new URL("../../../../../docs/images/", import.meta.url));
  await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled" });
}
