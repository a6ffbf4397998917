/**
 * The graph engine: CPU microseconds a superstep in memory, without and with checkpoints, and a branch of a fan-out of 100,
 * beside a plain loop that does the same. Each sample is a process of its own, interleaved.
 *
 * LangGraph runs beside it when it is installed in a folder named by `BENCH_LANGGRAPH`, such as
 * `npm i --prefix bench/.peers/langgraph --legacy-peer-deps @langchain/core @langchain/langgraph`.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CASES = /** @type {const} */ ([
  { kind: "loop", title: "superstep", size: 1_000, targetUs: 5 },
  { kind: "kept", title: "superstep, checkpoints in memory", size: 1_000, targetUs: 10 },
  { kind: "fanOut", title: "branch of a fan-out of 100", size: 100, targetUs: 8 },
]);

/** @param {{ rounds: number, quick: boolean }} options */
export async function run({ rounds, quick }) {
  const contenders = ["floor", "ours", ...(process.env["BENCH_LANGGRAPH"] ? ["langgraph"] : [])];
  console.log(`CPU µs each, median (least–most) of ${rounds} processes`);
  for (const { kind, title, size, targetUs } of CASES) {
    /** @type {Record<string, number[]>} */
    const samples = {};
    for (let round = 0; round < rounds; round++) {
      for (const name of contenders) {
        samples[name] ??= [];
        samples[name].push(sample(name, kind, size, quick ? 100 : 1_500));
      }
    }
    const told = contenders.map((name) => `${name} ${describe(samples[name] ?? [])}`);
    console.log(`${title}: ${told.join(" · ")} · target ≤ ${targetUs}`);
  }
}

/** @param {string} name @param {string} kind @param {number} size @param {number} ms @returns {number} */
function sample(name, kind, size, ms) {
  const client = fileURLToPath(new URL("graph/client.mjs", import.meta.url));
  const output = execFileSync(process.execPath, [client, name, kind, String(size), String(ms)], {
    encoding: "utf8",
  });
  return JSON.parse(output).cpuUs;
}

/** @param {readonly number[]} values */
function describe(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [median, least, most] = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)];
  return `${median?.toFixed(2)} (${least?.toFixed(2)}–${most?.toFixed(2)})`;
}
