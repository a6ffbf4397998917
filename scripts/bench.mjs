/**
 * `npm run bench`: every benchmark of `bench`, or those named (`npm run bench -- intake`). A benchmark is a module that
 * exports `run({ rounds, quick })`, prints its own table and asserts nothing. Options: `--rounds 5`, `--quick` for counts so
 * small that only the benchmark itself is tried. Each runs in a process of its own, on the built packages.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./workspace/build.mjs";
import { runNode } from "./workspace/command.mjs";
import { ensureInstalled } from "./workspace/install.mjs";
import { selectNamed } from "./workspace/named-scripts.mjs";
import { runMain } from "./workspace/progress.mjs";

const folder = "bench";

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" }, quick: { type: "boolean", default: false } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is a whole number ≥ 1, got ${values.rounds}`);
  await ensureInstalled();
  await ensureBuilt();
  process.stdout.write(describeMachine());
  let failures = 0;
  for (const name of selectNamed(folder, positionals)) {
    process.stdout.write(`\n## ${name}\n`);
    const exitCode = await runNode([
      "--expose-gc",
      "scripts/workspace/bench-child.mjs",
      `${folder}/${name}.mjs`,
      JSON.stringify({ rounds, quick: values.quick }),
    ]);
    if (exitCode !== 0) failures += 1;
  }
  return failures > 0 ? 1 : 0;
});

function describeMachine() {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const load = loadavg()[0]?.toFixed(1) ?? "?";
  return `${cpus().length} × ${model} · Node ${process.versions.node} · ${process.platform} ${process.arch} · load ${load}\n`;
}
