import type { WorkOptions } from "../job-engine.js";

const LONGEST_BACKOFF_MS = 3_600_000;
const LONGEST_TIME_MS = 2 ** 31 - 1;
const MOST_AT_ONCE = 1000;
const MOST_RETRIES = 1000;

/** How a worker treats jobs, with nothing left out. */
export type ResolvedWork = { readonly [Name in keyof WorkOptions]-?: number };

/** @throws RangeError naming the option that is out of range. */
export function resolveWork({
  retries = 3,
  backoffMs = 1000,
  timeoutMs = 900_000,
  concurrency = 10,
}: WorkOptions = {}): ResolvedWork {
  const check = (name: string, value: number, least: number, most: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw new RangeError(`options.${name} must be a whole number from ${least} to ${most}, got ${value}`);
  };
  check("retries", retries, 0, MOST_RETRIES);
  check("backoffMs", backoffMs, 0, LONGEST_TIME_MS);
  check("timeoutMs", timeoutMs, 1, LONGEST_TIME_MS);
  check("concurrency", concurrency, 1, MOST_AT_ONCE);
  return Object.freeze({ retries, backoffMs, timeoutMs, concurrency });
}

/** @throws RangeError when `timeoutMs` is not a time that a worker can wait. @defaultValue 30 s */
export function resolveDrain({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}): number {
  if (timeoutMs >= 0 && timeoutMs <= LONGEST_TIME_MS) return timeoutMs;
  throw new RangeError(`options.timeoutMs must be from 0 to ${LONGEST_TIME_MS}, got ${timeoutMs}`);
}

/**
 * How long a job waits after its try number `attempt` failed: twice as long each time, up to an hour where the first wait
 * isn't longer, and up to half of it more, so that jobs which failed together don't come back together.
 *
 * @param random - In [0, 1).
 */
export function retryWaitMs(attempt: number, backoffMs: number, random: () => number): number {
  const waitMs = Math.min(backoffMs * 2 ** (attempt - 1), Math.max(LONGEST_BACKOFF_MS, backoffMs));
  return Math.round(waitMs * (1 + random() / 2));
}
