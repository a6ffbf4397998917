/** Cost by day and by one other thing. */
export interface CostRow {
  readonly day: string;
  readonly name: string;
  readonly costUsd: number;
}

/** One colour of a chart. */
export interface Series {
  readonly name: string;
  /** One for each day. */
  readonly costUsd: readonly number[];
  readonly totalUsd: number;
}

/** More than this many colours can't be told apart. */
const MOST_SERIES = 6;

/** Sums rows for a chart: the dearest first, the rest as `others`; a value for every day. */
export function costSeries(rows: readonly CostRow[], days: readonly string[]): readonly Series[] {
  const places = new Map(days.map((day, index) => [day, index]));
  const byName = new Map<string, number[]>();
  for (const { day, name, costUsd } of rows) {
    const place = places.get(day);
    if (place === undefined) continue;
    const sums = byName.get(name) ?? days.map(() => 0);
    byName.set(name, sums);
    sums[place] = (sums[place] ?? 0) + costUsd;
  }
  const all = [...byName].map(([name, costUsd]) => ({ name, costUsd, totalUsd: sum(costUsd) }));
  all.sort((one, other) => other.totalUsd - one.totalUsd || (one.name < other.name ? -1 : 1));
  if (all.length <= MOST_SERIES) return all;
  const rest = all.slice(MOST_SERIES - 1);
  const costUsd = days.map((_, index) => sum(rest.map((series) => series.costUsd[index] ?? 0)));
  return [...all.slice(0, MOST_SERIES - 1), { name: "others", costUsd, totalUsd: sum(costUsd) }];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
