import type { FlowClaim } from "@salesagent/ports";
import type { GraphEvent } from "../graph-event.js";
import type { FlowRest } from "./flow-run.js";

/** Watches runs that a process works on. */
export interface FlowObserver {
  /** Told what happens, as it happens. */
  readonly happened?: ((event: GraphEvent, run: FlowClaim) => void) | undefined;
  /**
   * Awaited before it is put on record that a run ends or waits, so that what is told of it is there first. Where it throws, the run
   * is left, and taken up again when its lease is over; so it may be told of one end several times.
   */
  readonly resting?: ((rest: FlowRest, run: FlowClaim) => Promise<void>) | undefined;
  /** This process has let go of the run, in whatever way. */
  readonly left?: ((run: FlowClaim) => void) | undefined;
}
