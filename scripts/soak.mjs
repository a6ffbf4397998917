/**
 * `npm run test:soak`: long runs that watch memory and handles, each a script of `scripts/soak` that exits with 1 when a
 * ceiling is passed; all of them, or those named (`npm run test:soak -- runs`). They load the built packages.
 */
import { ensureBuilt } from "./workspace/build.mjs";
import { runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { selectNamed } from "./workspace/named-scripts.mjs";
import { runMain } from "./workspace/progress.mjs";

const folder = "scripts/soak";

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const names = selectNamed(folder, process.argv.slice(2));
  let failures = 0;
  for (const name of names) {
    process.stdout.write(`\n${name}\n`);
    if ((await runNode(["--expose-gc", `${folder}/${name}.mjs`])) !== 0) failures += 1;
  }
  process.stdout.write(`\n${names.length - failures} of ${names.length} soaks held\n`);
  return failures > 0 ? 1 : 0;
});
