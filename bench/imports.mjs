/**
 * Cold import of each entry, in a fresh process, over a process that imports nothing; and its size as a host bundles it.
 * Processes are interleaved, so that a change of load meets all entries alike.
 */
import { spawnSync } from "node:child_process";
import { bundleEntry } from "../scripts/workspace/bundle.mjs";
import { entriesOf, listPublicPackages } from "../scripts/workspace/packages.mjs";
import { rootFolder } from "../scripts/workspace/root.mjs";

/** Milliseconds over an empty process that an entry should stay under; the first pattern that fits decides. */
const targets = /** @type {const} */ ([
  [/^@salesagent\/ports(\/|$)/, 5],
  [/^@salesagent\/core\//, 15],
  [/^@salesagent\/core$/, 40],
]);

/** @param {{ rounds: number, quick: boolean }} options */
export async function run({ rounds, quick }) {
  const specifiers = listPublicPackages()
    .flatMap(entriesOf)
    .map(({ specifier }) => specifier);
  const samples = measureInterleaved(["", ...specifiers], quick ? 1 : Math.max(rounds, 5) * 3);
  const empty = median(samples.get("") ?? []);
  process.stdout.write(`empty process: ${empty.toFixed(1)} ms (median of ${samples.get("")?.length})\n`);
  process.stdout.write(`${row("entry", "import ms", "target", "gzip KB")}\n`);
  for (const specifier of specifiers) {
    const { gzipBytes } = await bundleEntry(specifier);
    const added = median(samples.get(specifier) ?? []) - empty;
    const target = targets.find(([pattern]) => pattern.test(specifier))?.[1];
    process.stdout.write(
      `${row(specifier, added.toFixed(1), target === undefined ? "" : `≤ ${target}`, (gzipBytes / 1000).toFixed(1))}\n`,
    );
  }
}

/**
 * @param {readonly string[]} specifiers The empty text stands for a process that imports nothing.
 * @param {number} rounds
 * @returns {Map<string, number[]>} Wall time of whole processes, in milliseconds.
 */
function measureInterleaved(specifiers, rounds) {
  /** @type {Map<string, number[]>} */
  const samples = new Map(specifiers.map((specifier) => [specifier, []]));
  for (const specifier of specifiers) timeProcess(specifier); // warms the file cache
  for (let round = 0; round < rounds; round += 1) {
    for (const specifier of rotate(specifiers, round)) samples.get(specifier)?.push(timeProcess(specifier));
  }
  return samples;
}

/** @param {string} specifier */
function timeProcess(specifier) {
  const code = specifier === "" ? "" : `await import(${JSON.stringify(specifier)});`;
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: rootFolder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`import("${specifier}") failed:\n${stderr}`);
  return performance.now() - startedAt;
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} by
 * @returns {T[]}
 */
const rotate = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** @param {readonly [string, string, string, string]} cells */
function row(...cells) {
  const [name, ...figures] = cells;
  return name.padEnd(42) + figures.map((figure) => figure.padStart(12)).join("");
}
