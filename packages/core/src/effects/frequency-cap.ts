import type { Gate } from "./gate.js";

export interface FrequencyCapOptions {
  /** How many effects a target may see within the time. Whole number from 1. */
  readonly max: number;
  /** The time that is looked back over, in milliseconds; above 0. */
  readonly perMs: number;
  /** Holds for effects of this name, and counts no others. @defaultValue every effect on the target */
  readonly effect?: string | undefined;
}

/**
 * A gate that lets a target see so many effects within a time and no more. What is being done just now and what became of
 * unknown outcome counts too, so that actors side by side don't pass it together.
 *
 * @throws RangeError naming the option that is wrong.
 */
export function frequencyCap({ max, perMs, effect }: FrequencyCapOptions): Gate {
  if (!Number.isInteger(max) || max < 1) {
    throw new RangeError(`frequencyCap.max must be a whole number ≥ 1, got ${max}`);
  }
  if (!(Number.isFinite(perMs) && perMs > 0)) {
    throw new RangeError(`frequencyCap.perMs must be > 0, got ${perMs}`);
  }
  return {
    name: "frequency-cap",
    async check({ target, nowMs, effect: wanted }, stores, call) {
      if (effect !== undefined && effect !== wanted) return { allowed: true };
      const since = new Date(nowMs - perMs).toISOString();
      const counted = { target, since, forGate: true, ...(effect === undefined ? {} : { effect }) };
      // The claim that is asked for is one of those that are counted.
      if ((await stores.effects.countDone(counted, call)) <= max) return { allowed: true };
      return { allowed: false, reason: `a target may see ${max} within ${perMs} ms` };
    },
  };
}
