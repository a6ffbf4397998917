import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { findChromium, launchChromium } from "../../../../../scripts/workspace/chromium.mjs";
import { openStudioPage, type PageOptions, type StudioPage } from "./studio-browser.js";
import { openStudioWorld, type StudioWorld, type WorldOptions } from "./studio-world.js";

const chromium = findChromium();

/** What tests of Studio in a browser work with. */
export interface InChromium {
  readonly world: StudioWorld;
  /** A page that is closed, and whose troubles are looked at, when the test is over. */
  open(options?: PageOptions): Promise<StudioPage>;
  /** A world of this test alone. */
  openWorld(options?: WorldOptions): Promise<StudioWorld>;
  openIn(world: StudioWorld, options?: PageOptions): Promise<StudioPage>;
}

/** Tests with a real Chromium; where there is none they are skipped, and that is said. */
export function inChromium(title: string, options: WorldOptions, tests: (given: InChromium) => void): void {
  if (!chromium)
    process.stderr.write(`No Chromium on this machine, skipped: ${title}. CHROMIUM_PATH names one.\n`);
  describe.skipIf(!chromium)(title, () => {
    let browser: Browser | undefined;
    let world: StudioWorld | undefined;
    let pages: StudioPage[] = [];
    let worlds: StudioWorld[] = [];
    beforeAll(async () => {
      world = await openStudioWorld(options);
      browser = await launchChromium(chromium as string);
    });
    afterEach(async () => {
      const troubles = pages.flatMap((page) => page.troubles);
      for (const { context } of pages) await context.close();
      for (const own of worlds) await own[Symbol.asyncDispose]();
      pages = [];
      worlds = [];
      expect(troubles).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await world?.[Symbol.asyncDispose]();
    });
    const openIn: InChromium["openIn"] = async (own, asked) => {
      const page = await openStudioPage(browser as Browser, own, asked);
      pages.push(page);
      return page;
    };
    tests({
      get world() {
        return world as StudioWorld;
      },
      open: (asked) => openIn(world as StudioWorld, asked),
      openIn,
      async openWorld(asked) {
        const own = await openStudioWorld(asked);
        worlds.push(own);
        return own;
      },
    });
  });
}
