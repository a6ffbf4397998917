import type { CallOptions } from "@salesagent/ports";
import type { EffectStores } from "./effect-storage.js";
import type { Gate, GateQuestion } from "./gate.js";

export interface FrequencyCapOptions {
  /** How many effects a target may see within the time. Whole number, 1–1,000. */
  readonly max: number;
  /** The time that is looked back over, in milliseconds; above 0. */
  readonly perMs: number;
  /** Counts effects of this name only. @defaultValue every effect on the target */
  readonly effect?: string | undefined;
}

/**
 * A gate that lets a target see so many effects within a time and no more. What is being done just now and what is of unknown
 * outcome counts too, so that actors side by side don't pass it together.
 *
 * @throws RangeError naming the option that is wrong.
 */
export function frequencyCap({ max, perMs, effect }: FrequencyCapOptions): Gate {
  if (!Number.isInteger(max) || max < 1 || max > 1_000) {
    throw new RangeError(`frequencyCap.max must be a whole number, 1–1,000, got ${max}`);
  }
  if (!(Number.isFinite(perMs) && perMs > 0)) {
    throw new RangeError(`frequencyCap.perMs must be > 0, got ${perMs}`);
  }
  const kind = effect === undefined ? {} : { effect };
  return {
    name: "frequency-cap",
    async check(question, stores, call) {
      const since = new Date(question.nowMs - perMs).toISOString();
      const counted = { ...kind, target: question.target };
      const done = await stores.effects.countDone({ ...counted, since }, call);
      const open = done >= max ? 0 : await countOpen(stores, question, { ...counted, since, max }, call);
      if (done + open < max) return { allowed: true };
      return { allowed: false, reason: `a target may see ${max} within ${perMs} ms` };
    },
  };
}

/** Effects that may turn out to be done: the claim that is asked for is not one of them. */
async function countOpen(
  { effects }: EffectStores,
  { key: own }: GateQuestion,
  counted: {
    readonly effect?: string;
    readonly target: string;
    readonly since: string;
    readonly max: number;
  },
  call: CallOptions,
): Promise<number> {
  const { since, max, ...filter } = counted;
  let count = 0;
  for (const status of ["claimed", "unknown"] as const) {
    for (let after: string | undefined; count < max; ) {
      const page = await effects.list({ ...filter, status }, { after }, call);
      const others = page.items.filter(({ key, updatedAt }) => {
        return key !== own && (status === "claimed" || updatedAt >= since);
      });
      count += others.length;
      after = page.next;
      if (after === undefined) break;
    }
  }
  return count;
}
