import type { FinishEvent, Usage } from "@salesagent/ports";

/** More tokens than any call takes; beyond it a count is a slip of whoever counted. */
const MOST_TOKENS = 1e12;
/** Up to here a double holds whole nano-dollars. */
const MOST_USD = Number.MAX_SAFE_INTEGER / 1e9;

/**
 * A finish whose counts and cost can be booked: what can't be one, such as NaN or less than nothing, is left out, as unknown.
 *
 * @returns The same event where nothing had to go.
 */
export function soundFinish(finish: FinishEvent): FinishEvent {
  const { costUsd, usage } = finish;
  const counted = soundUsage(usage);
  const isCost = costUsd === undefined || isAmount(costUsd, MOST_USD);
  if (counted === usage && isCost) return finish;
  const { costUsd: _, ...rest } = finish;
  return { ...rest, usage: counted, ...(isCost && costUsd !== undefined ? { costUsd } : {}) };
}

/** @returns The same usage where every count can be one. */
export function soundUsage(usage: Usage): Usage {
  if (typeof usage !== "object" || usage === null) return {};
  const counts = Object.entries(usage);
  const sound = counts.filter(([, count]) => count === undefined || isCount(count));
  return sound.length === counts.length ? usage : Object.fromEntries(sound);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && isAmount(value, MOST_TOKENS);
}

function isAmount(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}
