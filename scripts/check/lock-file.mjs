/** The lock file names no registry host, so that it installs behind any mirror. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "../workspace/check-report.mjs";
import { rootFolder } from "../workspace/root.mjs";

/**
 * Funding and home pages are no places to download from; `resolved` is the only field that is.
 *
 * @param {{ packages?: Record<string, { resolved?: string }> }} lock
 * @returns {string[]}
 */
export function findHosts(lock) {
  return Object.entries(lock.packages ?? {})
    .filter(([, { resolved }]) => resolved?.includes("://"))
    .map(
      ([path]) =>
        `package-lock.json: "${path}" names a host; write it with omit-lockfile-registry-resolved=true`,
    );
}

await runCheck(import.meta.url, "lock-file", () => {
  const lock = JSON.parse(readFileSync(join(rootFolder, "package-lock.json"), "utf8"));
  return { problems: findHosts(lock), summary: `${Object.keys(lock.packages).length} packages` };
});
