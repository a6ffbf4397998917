/**
 * `npm test`: runs the tests, against the sources, so that no build comes first. Installs where that is due. Further
 * arguments go to vitest: `npm test -- packages/ports`.
 */
import { programFile } from "./workspace/build.mjs";
import { runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { requireNode } from "./workspace/node-version.mjs";
import { runMain } from "./workspace/progress.mjs";

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  return runNode([programFile("vitest", "vitest.mjs"), "run", ...process.argv.slice(2)]);
});
