/**
 * `npm run check`: every check of `scripts/check`, or those named (`npm run check -- sizes docs`). Needs a build.
 */
import { captureNode } from "./workspace/command.mjs";
import { selectNamed } from "./workspace/named-scripts.mjs";
import { runMain } from "./workspace/progress.mjs";

const folder = "scripts/check";

await runMain(async () => {
  let failures = 0;
  for (const name of selectNamed(folder, process.argv.slice(2))) {
    const { exitCode, output } = await captureNode([`${folder}/${name}.mjs`]);
    process.stdout.write(output);
    if (exitCode !== 0) failures += 1;
  }
  return failures > 0 ? 1 : 0;
});
