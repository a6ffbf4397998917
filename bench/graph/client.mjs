/**
 * One measured process: `client.mjs <contender> <case> <size> <milliseconds> [folder of the peer]`; prints CPU microseconds a step
 * as JSON.
 */
import { openPeer } from "../../scripts/workspace/peers.mjs";
import { floor, ours } from "./contenders.mjs";
import { openLangGraph, openMastra } from "./peers.mjs";

const [name = "", kind = "", size = "", ms = "", folder = ""] = process.argv.slice(2);
const peers = { langgraph: openLangGraph, mastra: openMastra };
const contender =
  name === "floor"
    ? floor
    : name === "ours"
      ? ours
      : await peers[/** @type {"mastra"} */ (name)](openPeer(folder).load);
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
process.stdout.write(`${JSON.stringify({ cpuUs: (user + system) / runs / Number(size) })}\n`, () =>
  process.exit(),
);

async function check() {
  const got = await run();
  if (got !== Number(size)) throw new Error(`${name} ${kind}: expected ${size}, got ${got}`);
}
