import type { UsageRow } from "@salesagent/ports";
import type { CsvCell } from "./csv.js";

/** What usage can be summed by. */
export const DIMENSIONS = ["day", "agent", "provider", "model"] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** Sums of use. */
export interface UsageSums {
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Of calls whose price is known. */
  readonly costUsd: number;
  /** Calls whose price is not known, and so not in `costUsd`. */
  readonly unpricedCalls: number;
}

/** Sums of one group, with what it is grouped by. */
export type UsageGroup = { readonly [Name in Dimension]?: string } & UsageSums;

const COUNTED = [
  ...(["calls", "failedCalls", "inputTokens", "cachedInputTokens", "outputTokens"] as const),
  ...(["reasoningTokens", "costNanoUsd", "unpricedCalls"] as const),
] as const;

type Counted = Record<(typeof COUNTED)[number], number>;

const nothing = (): Counted => ({
  ...{ calls: 0, failedCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
  ...{ reasoningTokens: 0, costNanoUsd: 0, unpricedCalls: 0 },
});

/** Sums rows by some dimensions, in the order of what they are grouped by. Costs are added exactly, in billionths of a USD. */
export function groupUsage(rows: readonly UsageRow[], by: readonly Dimension[]): readonly UsageGroup[] {
  const groups = new Map<
    string,
    { readonly names: Partial<Record<Dimension, string>>; readonly sums: Counted }
  >();
  for (const row of rows) {
    const names = Object.fromEntries(by.map((name) => [name, nameIn(row, name)]));
    const key = JSON.stringify(by.map((name) => names[name]));
    const group = groups.get(key) ?? { names, sums: nothing() };
    groups.set(key, group);
    for (const name of COUNTED) group.sums[name] += row[name];
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { names, sums }]) => ({ ...names, ...toSums(sums) }));
}

export function totalUsage(rows: readonly UsageRow[]): UsageSums {
  const [total] = groupUsage(rows, []);
  return total ?? toSums(nothing());
}

/** The columns and rows of a table of groups. */
export function usageTable(
  groups: readonly UsageGroup[],
  by: readonly Dimension[],
): { readonly columns: readonly string[]; readonly rows: readonly (readonly CsvCell[])[] } {
  const sums = Object.keys(toSums(nothing())) as (keyof UsageSums)[];
  const rows = groups.map((group) => [
    ...by.map((name) => group[name] ?? ""),
    ...sums.map((name) => (name === "costUsd" ? toDecimal(group.costUsd) : group[name])),
  ]);
  return { columns: [...by, ...sums], rows };
}

/** Without an exponent, which programs for tables read as a text. */
export function toDecimal(usd: number): number | string {
  const text = String(usd);
  return text.includes("e") ? usd.toFixed(9).replace(/\.?0+$/, "") : usd;
}

function toSums({ costNanoUsd, unpricedCalls, ...counts }: Counted): UsageSums {
  return { ...counts, costUsd: costNanoUsd / 1e9, unpricedCalls };
}

const nameIn = (row: UsageRow, name: Dimension): string => row[name === "model" ? "modelId" : name];
