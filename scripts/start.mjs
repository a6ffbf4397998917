/**
 * `npm start`: qualifies the quickstart's companies. Installs and builds first, where that is due. Further arguments go to
 * the command: `npm start -- --model openai/gpt-5.4-mini`.
 */
import { ensureBuilt } from "./workspace/build.mjs";
import { runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { requireNode } from "./workspace/node-version.mjs";
import { runMain } from "./workspace/progress.mjs";

const quickstart = "examples/quickstart";

await runMain(async () => {
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
  return runNode([
    "packages/cli/bin/salesagent.js",
    "qualify",
    `${quickstart}/companies.csv`,
    "--profile",
    `${quickstart}/profile.json`,
    "--report",
    "salesagent-report.html",
    ...process.argv.slice(2),
  ]);
});
