/** One measured process: `client.mjs <contender> <case> <size> <milliseconds>`; prints CPU microseconds a step as JSON. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { floor, langGraphContender, ours } from "./contenders.mjs";

const [name = "", kind = "", size = "", ms = ""] = process.argv.slice(2);
const contender = name === "floor" ? floor : name === "ours" ? ours : await peer();
const run = contender[/** @type {"loop" | "kept" | "fanOut"} */ (kind)](Number(size));

for (let warm = 0; warm < 3; warm++) await check();
const warmUntil = performance.now() + Number(ms) / 4;
while (performance.now() < warmUntil) await check();
const before = process.cpuUsage();
const until = performance.now() + Number(ms);
let runs = 0;
do {
  await check();
  runs++;
} while (performance.now() < until);
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuUs: (user + system) / runs / Number(size) }));

async function check() {
  const got = await run();
  if (got !== Number(size)) throw new Error(`${name} ${kind}: expected ${size}, got ${got}`);
}

/** LangGraph from a folder of its own, so that no package of ours depends on it. */
async function peer() {
  const folder = process.env["BENCH_LANGGRAPH"] ?? "";
  const entry = createRequire(join(folder, "package.json")).resolve("@langchain/langgraph");
  return langGraphContender(await import(pathToFileURL(entry).href));
}
