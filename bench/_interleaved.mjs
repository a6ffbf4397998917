/** What benchmarks share: contenders in turn, and the table of what they took. */

/** @typedef {{ wallUs: number, cpuUs: number }} Sample Microseconds of one call, row or step. */

/**
 * Time and CPU of this process, in microseconds a piece.
 *
 * @param {number} pieces
 * @param {() => unknown} work
 * @returns {Promise<Sample>}
 */
export async function measure(pieces, work) {
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await work();
  const wallUs = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallUs: wallUs / pieces, cpuUs: (user + system) / pieces };
}

/**
 * One sample of each contender a round, and another begins each round.
 *
 * @template T
 * @param {Record<string, () => T | Promise<T>>} contenders
 * @param {{ rounds: number, warmUps?: number }} options - Rounds that are not counted come first.
 * @returns {Promise<Record<string, T[]>>} Samples by contender.
 */
export async function interleave(contenders, { rounds, warmUps = 0 }) {
  const names = Object.keys(contenders);
  /** @type {Record<string, T[]>} */
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds + warmUps; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round) % names.length] ?? "";
      const taken = await contenders[name]?.();
      if (round >= warmUps && taken !== undefined) samples[name]?.push(taken);
    }
  }
  return samples;
}

/**
 * Measures group by group and prints each: the first contender of a group is its floor.
 *
 * @param {Record<string, Record<string, () => Promise<Sample>>>} groups
 * @param {number} rounds
 * @returns {Promise<Record<string, Record<string, Sample[]>>>} Samples by group and contender.
 */
export async function measureGroups(groups, rounds) {
  /** @type {Record<string, Record<string, Sample[]>>} */
  const results = {};
  for (const [group, contenders] of Object.entries(groups)) {
    const samples = await interleave(contenders, { rounds, warmUps: 1 });
    console.log(`\n${group}`);
    for (const line of tableOf(samples)) console.log(`  ${line}`);
    results[group] = samples;
  }
  return results;
}

/**
 * A line for each contender: wall time with its spread, CPU, both beside the first one's, and how many a second.
 *
 * @param {Record<string, Sample[]>} samples
 * @returns {string[]}
 */
export function tableOf(samples) {
  const [floor = []] = Object.values(samples);
  const [floorWall, floorCpu] = [median(walls(floor)), median(cpus(floor))];
  return Object.entries(samples).map(([name, list]) => {
    const [wall, cpu] = [median(walls(list)), median(cpus(list))];
    const spread = `${figure(Math.min(...walls(list)))}–${figure(Math.max(...walls(list)))}`;
    return [
      name.padEnd(30),
      `${figure(wall).padStart(8)} µs wall (${spread})`.padEnd(38),
      `${(wall / floorWall).toFixed(2)}×`.padStart(8),
      `${figure(cpu).padStart(8)} µs CPU`,
      `${(cpu / floorCpu).toFixed(2)}×`.padStart(8),
      `${Math.round(1e6 / wall).toLocaleString("en-US")}/s`.padStart(12),
    ].join(" ");
  });
}

const walls = (/** @type {readonly Sample[]} */ list) => list.map(({ wallUs }) => wallUs);
const cpus = (/** @type {readonly Sample[]} */ list) => list.map(({ cpuUs }) => cpuUs);

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * Three digits that mean something.
 *
 * @param {number} value
 */
export function figure(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/**
 * Median and spread, such as `4.12 (3.98–4.40)`.
 *
 * @param {readonly number[]} values
 */
export function withSpread(values) {
  return `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}
