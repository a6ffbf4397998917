/**
 * `npm run test:soak`, `test:crash`, `test:chaos` …: heavy suites that CI leaves out. Each is a script of `scripts/soak` (memory and
 * handles over long runs) or `scripts/crash` (processes killed at any instant) that exits with 1 when a promise is broken;
 * all of them, or those named (`npm run test:soak -- runs`). They load the built packages. Options such as `--json` are passed on.
 */
import { ensureBuilt } from "./workspace/build.mjs";
import { runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { selectNamed } from "./workspace/named-scripts.mjs";
import { runMain } from "./workspace/progress.mjs";

await runMain(async () => {
  const [suite = "soak", ...more] = process.argv.slice(2);
  const wanted = more.filter((argument) => !argument.startsWith("--"));
  const options = more.filter((argument) => argument.startsWith("--"));
  const folder = `scripts/${suite}`;
  await ensureInstalled();
  await ensureBuilt();
  const names = selectNamed(folder, wanted);
  let failures = 0;
  for (const name of names) {
    process.stderr.write(`\n${name}\n`);
    if ((await runNode(["--expose-gc", `${folder}/${name}.mjs`, ...options])) !== 0) failures += 1;
  }
  process.stderr.write(`\n${names.length - failures} of ${names.length} held\n`);
  return failures > 0 ? 1 : 0;
});
