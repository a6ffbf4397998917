/** One benchmark in a process of its own: `bench-child.mjs <file> <options as JSON>`. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runMain } from "./progress.mjs";
import { rootFolder } from "./root.mjs";

await runMain(async () => {
  const [file = "", options = "{}"] = process.argv.slice(2);
  const { run } = await import(pathToFileURL(join(rootFolder, file)).href);
  if (typeof run !== "function") throw new Error(`${file} exports no run({ rounds, quick })`);
  await run(JSON.parse(options));
});
