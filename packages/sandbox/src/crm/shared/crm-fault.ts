/** Something that goes wrong with one request of a CRM. */
export type CrmFault =
  /** The connection breaks. `after`: the work is done, and only its answer is lost. */
  | { readonly type: "lost"; readonly when: "before" | "after" }
  /** An answer in place of the CRM's own; nothing was done. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A string is sent as it is, all else as JSON. @defaultValue empty */
      readonly body?: unknown;
    }
  /** Status 429, by the CRM itself where it has a form of its own; without a time to wait, where none is given. */
  | { readonly type: "rate-limited"; readonly retryAfterSeconds?: number }
  /** The web page of a network in front of the CRM, with status 403 where none is given. */
  | { readonly type: "html"; readonly status?: number }
  /** The work is done, and the body ends after so many bytes: by a broken connection, or cleanly. */
  | { readonly type: "cut-body"; readonly afterBytes: number; readonly clean?: boolean }
  /** The answer takes so long. `before`: so does the work. */
  | { readonly type: "slow"; readonly delayMs: number; readonly when: "before" | "after" }
  /** The request is taken and never answered. `after`: the work is done. */
  | { readonly type: "silence"; readonly when: "before" | "after" };

/** What a plan may look at. */
export interface FaultedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it came; empty where there is none. */
  readonly bodyText: string;
}

/** A fault for the requests that it picks. */
export interface CrmFaultPlan {
  /** Picks requests. @defaultValue every request */
  readonly on?: (request: FaultedRequest) => boolean;
  /** How many of the picked requests pass before. @defaultValue 0 */
  readonly after?: number;
  /** How many of the picked requests fail; may be `Infinity`. @defaultValue 1 */
  readonly times?: number;
  readonly fault: CrmFault;
}

/** The plans that still have something to do. */
export class CrmFaults {
  #open: { readonly plan: CrmFaultPlan; pass: number; left: number }[] = [];

  constructor(plans: readonly CrmFaultPlan[] = []) {
    for (const plan of plans) this.add(plan);
  }

  /** @throws RangeError for a number of times that is none. */
  add(plan: CrmFaultPlan): void {
    const { after = 0, times = 1 } = plan;
    if (!(Number.isInteger(after) && after >= 0)) {
      throw new RangeError(`faults.after must be a whole number ≥ 0, got ${after}`);
    }
    if (!(times === Number.POSITIVE_INFINITY || (Number.isInteger(times) && times >= 0))) {
      throw new RangeError(`faults.times must be a whole number ≥ 0, or Infinity, got ${times}`);
    }
    this.#open.push({ plan, pass: after, left: times });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.#open = [];
  }

  /** The fault of the first plan that picks the request and lets it pass no more. */
  take(request: FaultedRequest): CrmFault | undefined {
    for (const open of this.#open) {
      if (open.left === 0 || !(open.plan.on?.(request) ?? true)) continue;
      if (open.pass > 0) {
        open.pass -= 1;
        continue;
      }
      open.left -= 1;
      return open.plan.fault;
    }
    return undefined;
  }
}
