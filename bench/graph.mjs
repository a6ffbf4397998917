/**
 * The graph engine: CPU microseconds a superstep in memory, without and with checkpoints, and a branch of a fan-out of 100,
 * beside a plain loop that does the same and beside the peers that are installed (see scripts/workspace/peers.mjs). Each sample is a
 * process of its own, interleaved.
 */
import { fileURLToPath } from "node:url";
import { interleave, withSpread } from "./_interleaved.mjs";
import { findPeers, sampleInProcess } from "./_peers.mjs";

const CLIENT = fileURLToPath(new URL("graph/client.mjs", import.meta.url));
const CASES = /** @type {const} */ ([
  { kind: "loop", title: "superstep", size: 1_000, targetUs: 5 },
  { kind: "kept", title: "superstep, checkpoints in memory", size: 1_000, targetUs: 10 },
  { kind: "fanOut", title: "branch of a fan-out of 100", size: 100, targetUs: 8 },
]);

/** @param {{ rounds?: number, quick?: boolean }} [options] */
export async function run({ rounds = 5, quick = false } = {}) {
  /** @type {Record<string, string>} */
  const folders = { floor: "", ours: "", ...findPeers(["langgraph", "mastra"]) };
  console.log(`CPU µs each, median (least–most) of ${rounds} processes`);
  for (const { kind, title, size, targetUs } of CASES) {
    const contenders = Object.fromEntries(
      Object.entries(folders).map(([name, folder]) => [
        name,
        () => sampleInProcess(CLIENT, [name, kind, size, quick ? 100 : 1_500, folder]),
      ]),
    );
    const samples = await interleave(contenders, { rounds });
    const told = Object.entries(samples).map(
      ([name, list]) => `${name} ${withSpread(list.map(({ cpuUs }) => cpuUs))}`,
    );
    console.log(`${title}: ${told.join(" · ")} · target ≤ ${targetUs}`);
  }
}
