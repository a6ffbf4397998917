import { type Clock, systemClock } from "@salesagent/ports";
import { basePathOf, type Flavor, VENDORS, type Vendor } from "../dialect.js";
import type { LoggedRequest } from "../sandbox-request.js";
import { type FaultPlan, FaultPlans } from "./fault-plan.js";
import { Renderings } from "./renderings.js";
import { RequestLog } from "./request-log.js";
import { Responder } from "./responder.js";
import { type Script, ScriptPlayer } from "./script.js";

/** What a sandbox answers, on sockets or without. */
export interface SandboxBehaviour {
  /** What is answered. @defaultValue a rehearsal model that says it is simulated, see `rehearse` */
  readonly script?: Script;
  /** Faults for the requests that they pick, beside those of the replies. */
  readonly faults?: readonly FaultPlan[];
  /** Time of replies. @defaultValue the system's */
  readonly clock?: Clock;
  /** Refuses what the vendor would refuse: missing keys, wrong parameters, broken transcripts. @defaultValue true */
  readonly validate?: boolean;
  /** Which keys are let in. @defaultValue every key */
  readonly acceptsKey?: (key: string) => boolean;
  /**
   * Renders a reply once for each distinct request and sends the same bytes again, ids and times included, as long as the
   * script returns the same object. For benchmarks, where the server's own work would blur the picture. @defaultValue false
   */
  readonly reuseRenderings?: boolean;
  /** How many requests are remembered. @defaultValue 1000 */
  readonly maxRequests?: number;
}

/** What every sandbox can be asked. */
export interface SandboxView {
  /** The base URL to give to a client of this vendor, without an ending slash. */
  url(vendor: Vendor, options?: { readonly flavor?: Flavor }): string;
  /** Base URLs of all vendors, in a settled order. */
  readonly urls: readonly { readonly vendor: Vendor; readonly url: string }[];
  /** What came in, oldest first; the oldest are forgotten beyond `maxRequests`. */
  readonly requests: readonly LoggedRequest[];
  /** Adds a fault while the sandbox runs. */
  addFault(plan: FaultPlan): void;
  /** Throws an `AssertionError` that names replies never asked for, calls not planned, and a script that failed. */
  verify(): void;
}

/** A sandbox without its transport. */
export class SandboxCore {
  readonly script: ScriptPlayer;
  readonly log: RequestLog;
  readonly clock: Clock;
  readonly responder: Responder;
  readonly #faults: FaultPlans;

  constructor(behaviour: SandboxBehaviour) {
    this.clock = behaviour.clock ?? systemClock;
    this.script = new ScriptPlayer(behaviour.script);
    this.log = new RequestLog(resolveMaxRequests(behaviour.maxRequests));
    this.#faults = new FaultPlans(behaviour.faults);
    this.responder = new Responder({
      script: this.script,
      faults: this.#faults,
      log: this.log,
      clock: this.clock,
      validate: behaviour.validate ?? true,
      acceptsKey: behaviour.acceptsKey ?? (() => true),
      renderings: behaviour.reuseRenderings === true ? new Renderings() : undefined,
    });
  }

  /** The view of a sandbox that answers under this origin. */
  view(origin: string): SandboxView {
    const url = (vendor: Vendor) => {
      if (VENDORS.includes(vendor)) return origin + basePathOf(vendor);
      throw new TypeError(
        `sandbox.url: unknown vendor ${JSON.stringify(vendor)}; known are ${VENDORS.join(", ")}`,
      );
    };
    return {
      url: (vendor, { flavor } = {}) => url(flavor ?? vendor),
      urls: VENDORS.map((vendor) => ({ vendor, url: url(vendor) })),
      requests: this.log.entries,
      addFault: (plan) => this.#faults.add(plan),
      verify: () => this.script.verify(),
    };
  }
}

function resolveMaxRequests(limit = 1000): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(`maxRequests must be a whole number ≥ 1, got ${limit}`);
}
