/**
 * What a provider package costs: client CPU for each token of a stream, for each of 200 streams at once, and for each whole
 * call, beside a bare reader over `fetch` and the vendor's own SDK. Every sample is a fresh process; contenders are
 * interleaved. The server replays bytes that the sandbox made, one write an event, in a process that is not counted.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { CONTENDERS } from "./model-calls/contenders.mjs";
import { startReplayServer } from "./model-calls/start-replay-server.mjs";

const FULL = { warmStreams: 10, streams: 40, together: 200, warmCalls: 300, calls: 1500 };
const QUICK = { warmStreams: 1, streams: 2, together: 5, warmCalls: 5, calls: 20 };
const TOKENS = 500;
const KINDS = {
  stream: { title: "Stream, CPU µs a token", target: "≤ 2 × fetch, below the SDK" },
  together: { title: "200 streams at once, CPU µs a token", target: "≤ 1.5 × fetch, ≤ 80 MB" },
  call: { title: "Whole call, CPU µs", target: "≤ 1.15 × the SDK" },
};

/** @param {{ rounds: number, quick: boolean }} options */
export async function run({ rounds, quick }) {
  const server = await startReplayServer(TOKENS);
  try {
    printVersions();
    const samples = measureAll(server.origin, quick ? 1 : rounds, quick ? QUICK : FULL);
    for (const kind of Object.keys(KINDS)) printTable(kind, samples);
  } finally {
    server.stop();
  }
}

function measureAll(origin, rounds, counts) {
  const names = Object.keys(CONTENDERS);
  const samples = new Map();
  for (let round = 0; round < rounds; round++) {
    const shift = (round * 5) % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      for (const kind of Object.keys(KINDS)) {
        const key = `${kind}/${name}`;
        samples.set(key, [...(samples.get(key) ?? []), measureOne(name, kind, origin, counts)]);
      }
    }
  }
  return samples;
}

function measureOne(name, kind, origin, counts) {
  const client = new URL("./model-calls/client.mjs", import.meta.url).pathname;
  const args = [
    "--expose-gc",
    "--no-warnings",
    client,
    name,
    kind,
    origin,
    String(TOKENS),
    JSON.stringify(counts),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`${name} (${kind}) failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function printTable(kind, samples) {
  const { title, target } = KINDS[kind];
  process.stdout.write(`\n${title} (target for our packages: ${target})\n`);
  process.stdout.write(
    `${"".padEnd(30)}${["median", "min–max", "× fetch", "× SDK", kind === "stream" ? "first ms" : kind === "together" ? "+MB" : ""].map((cell) => cell.padStart(14)).join("")}\n`,
  );
  for (const [name, { floor, sdk }] of Object.entries(CONTENDERS)) {
    const list = samples.get(`${kind}/${name}`);
    const cpu = list.map((sample) => sample.cpuUs).sort((a, b) => a - b);
    const middle = median(cpu);
    const ratio = (other) =>
      other
        ? (middle / median(samples.get(`${kind}/${other}`).map((sample) => sample.cpuUs))).toFixed(2)
        : "";
    const extra = list
      .map((sample) => sample.firstMs ?? sample.addedMb)
      .filter((value) => value !== undefined);
    const cells = [
      middle.toFixed(1),
      `${cpu[0].toFixed(1)}–${cpu.at(-1).toFixed(1)}`,
      ratio(floor),
      ratio(sdk),
      extra.length > 0 ? median(extra).toFixed(2) : "",
    ];
    process.stdout.write(`${name.padEnd(30)}${cells.map((cell) => cell.padStart(14)).join("")}\n`);
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function printVersions() {
  const require = createRequire(import.meta.url);
  const version = (name) => {
    try {
      return require(`../node_modules/${name}/package.json`).version;
    } catch {
      return "?";
    }
  };
  process.stdout.write(`openai ${version("openai")} · @anthropic-ai/sdk ${version("@anthropic-ai/sdk")}\n`);
}
