import { setImmediate as turn } from "node:timers/promises";
import type { ManualClock } from "@salesagent/conformance";

/** Moves a clock on until the work is over, as far at a time as `stepMs` says. */
export async function settle<T>(clock: ManualClock, work: Promise<T>, stepMs = 1): Promise<T> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  for (await turn(); !isOver; await turn()) clock.advance(stepMs);
  return over;
}
