import type { Fault, FaultType } from "../fault.js";
import type { SandboxRequest } from "../sandbox-request.js";

/** A fault for the requests that it picks. */
export interface FaultPlan {
  /** Picks requests. @defaultValue every request */
  readonly on?: (request: SandboxRequest) => boolean;
  /** How many of the picked requests fail. @defaultValue 1 */
  readonly times?: number;
  readonly fault: Fault | readonly Fault[];
}

/** Faults that change how an answer looks or how fast it comes, and leave it whole. */
const HARMLESS = new Set<FaultType>([
  "slow-headers",
  "slow-first-token",
  "no-terminator",
  "no-final-newline",
  "duplicate-finish",
  "huge-event",
  "split",
  "crlf",
  "bom",
  "comments",
  "pings",
]);

/** True when an answer with these faults still is one, so that a scripted reply counts as given. */
export function leavesAnswerWhole(faults: readonly Fault[]): boolean {
  return faults.every(({ type }) => HARMLESS.has(type));
}

/** The plans that still have something to do. */
export class FaultPlans {
  readonly #open: { plan: FaultPlan; left: number }[] = [];

  constructor(plans: readonly FaultPlan[] = []) {
    for (const plan of plans) this.add(plan);
  }

  add(plan: FaultPlan): void {
    const left = plan.times ?? 1;
    if (!(left === Number.POSITIVE_INFINITY || (Number.isInteger(left) && left >= 0))) {
      throw new RangeError(`faults.times must be a whole number ≥ 0, or Infinity, got ${left}`);
    }
    this.#open.push({ plan, left });
  }

  /** The faults of the first plan that picks the request; none otherwise. */
  take(request: SandboxRequest): readonly Fault[] {
    const found = this.#open.find(({ plan, left }) => left > 0 && (plan.on?.(request) ?? true));
    if (found === undefined) return [];
    found.left -= 1;
    const { fault } = found.plan;
    return Array.isArray(fault) ? (fault as readonly Fault[]) : [fault as Fault];
  }
}
