import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Where systems put it. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
];

/** The Chromium of this machine: CHROMIUM_PATH, the system's, or one that Playwright fetched. Nothing where there is none. */
export function findChromium() {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return named;
  return places.find((path) => existsSync(path)) ?? findFetched();
}

function findFetched() {
  const cache = process.env["PLAYWRIGHT_BROWSERS_PATH"] || join(homedir(), ".cache", "ms-playwright");
  if (!existsSync(cache)) return undefined;
  const paths = readdirSync(cache)
    .filter((name) => name.startsWith("chromium-"))
    .sort()
    .map((name) => join(cache, name, "chrome-linux", "chrome"));
  return paths.findLast((path) => existsSync(path));
}

/** @param {string} executablePath */
export function launchChromium(executablePath) {
  // Containers run as root, where Chromium's own sandbox can't be had; it opens no page but ours.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
