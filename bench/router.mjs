/**
 * What the layers around a model cost: router, breaker, retry, budgets, telemetry. First over a model without a wire, where
 * nothing else is to be seen; then over HTTP, beside the provider package alone; then how soon a reader has the next token
 * when a model breaks off; then parts by themselves. Every sample is a fresh process, and contenders are interleaved.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { startReplayServer } from "./model-calls/start-replay-server.mjs";
import { LAYERS } from "./router/layers.mjs";
import { PARTS } from "./router/parts.mjs";

const TOKENS = 500;
const FULL = {
  layers: { call: { warm: 5_000, counted: 20_000 }, stream: { warm: 40, counted: 200 } },
  wire: { warmStreams: 10, streams: 40, together: 200, warmCalls: 6_000, calls: 6_000 },
  cut: { warm: 10, counted: 60 },
  parts: { warm: 20_000, counted: 200_000 },
};
const QUICK = {
  layers: { call: { warm: 10, counted: 50 }, stream: { warm: 1, counted: 2 } },
  wire: { warmStreams: 1, streams: 2, together: 5, warmCalls: 5, calls: 20 },
  cut: { warm: 1, counted: 3 },
  parts: { warm: 100, counted: 1_000 },
};
const OVER_WIRE = ["bare", "router", "router + budgets + telemetry", "the same, OpenTelemetry's SDK"];

/** @param {{ rounds: number, quick: boolean }} options */
export async function run({ rounds, quick }) {
  const counts = quick ? QUICK : FULL;
  const times = quick ? 1 : rounds;
  const require = createRequire(import.meta.url);
  const otel = require("@opentelemetry/sdk-trace-base/package.json").version;
  process.stdout.write(
    `OpenTelemetry SDK ${otel} · opossum ${require("opossum/package.json").version} · rounds: ${times}\n`,
  );
  printLayers(times, counts.layers);
  const server = await startReplayServer(TOKENS);
  try {
    printWire(times, server.origin, counts.wire);
    printCut(times, server.origin, counts.cut);
  } finally {
    server.stop();
  }
  printParts(times, counts.parts);
}

function printLayers(rounds, counts) {
  const names = Object.keys(LAYERS);
  for (const [kind, title] of [
    ["call", "Without a wire: a whole call, CPU µs (target for all layers: ≤ 30 above bare)"],
    ["stream", `Without a wire: ${TOKENS} tokens one by one, CPU µs a token (target: ≤ 1 above bare)`],
  ]) {
    const samples = interleaved(names, rounds, (name) =>
      measure("layer-client.mjs", [name, kind, JSON.stringify(counts[kind])]),
    );
    printTable(title, samples, (sample) => sample.cpuUs);
  }
}

function printWire(rounds, origin, counts) {
  for (const [kind, title] of [
    ["call", "Over HTTP, provider-openai: a whole call, CPU µs"],
    ["stream", "Over HTTP, provider-openai: CPU µs a token"],
    ["together", `Over HTTP, ${counts.together} streams at once: CPU µs a token`],
  ]) {
    const samples = interleaved(OVER_WIRE, rounds, (name) =>
      measure("wire-client.mjs", [name, kind, origin, String(TOKENS), JSON.stringify(counts)]),
    );
    printTable(title, samples, (sample) => sample.cpuUs);
    if (kind === "together") {
      printTable(`The same, MB added (target: ≤ 80)`, samples, (sample) => sample.addedMb);
    }
  }
}

function printCut(rounds, origin, counts) {
  const cut = Array.from({ length: rounds }, () =>
    measure("cut-client.mjs", [origin, JSON.stringify(counts)]),
  );
  const samples = new Map([
    ["the second model, called alone", cut.map(({ aloneMs }) => aloneMs)],
    ["from the cut to its first token", cut.map(({ cutMs }) => cutMs)],
  ]);
  printTable("A model is cut in the middle: wall ms to the next token", samples, (ms) => ms);
}

function printParts(rounds, counts) {
  const samples = interleaved(Object.keys(PARTS), rounds, (name) =>
    measure("part-client.mjs", [name, JSON.stringify(counts)]),
  );
  printTable("Parts by themselves, CPU µs", samples, ({ cpuNs }) => cpuNs / 1000, false);
}

/** One sample of each in every round, beginning with another each time. */
function interleaved(names, rounds, measureOne) {
  const samples = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const shift = round % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      samples.get(name).push(measureOne(name));
    }
  }
  return samples;
}

function measure(client, args) {
  const file = new URL(`./router/${client}`, import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", "--no-warnings", file, ...args],
    { encoding: "utf8", timeout: 120_000 },
  );
  if (status !== 0) throw new Error(`${client} ${args[0]} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

/** @param withDifference Whether each line is compared with the first. */
function printTable(title, samples, read, withDifference = true) {
  const cells = (values) => values.map((cell) => cell.padStart(17)).join("");
  process.stdout.write(
    `\n${title}\n${"".padEnd(32)}${cells(["median", "min–max", withDifference ? "above first" : ""])}\n`,
  );
  const [first = []] = samples.values();
  const base = median(first.map(read));
  for (const [name, list] of samples) {
    const values = list.map(read).sort((a, b) => a - b);
    const middle = median(values);
    const difference = withDifference && list !== first ? signed(middle - base) : "";
    const range = `${values[0].toFixed(2)}–${values.at(-1).toFixed(2)}`;
    process.stdout.write(`${name.padEnd(32)}${cells([middle.toFixed(2), range, difference])}\n`);
  }
}

function signed(value) {
  return `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
