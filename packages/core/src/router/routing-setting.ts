import type { AttemptGuard, Clock, ErrorCode, ModelEvent, ModelTimeouts } from "@salesagent/ports";
import type { Attempt } from "../model/attempt.js";
import type { Decider } from "./decide.js";
import type { HedgeSettings } from "./hedged-opening.js";
import type { PromptAffinity } from "./prompt-affinity.js";
import type { Turn } from "./turn.js";

/** What all calls of one router share. */
export interface RoutingSetting {
  readonly decider: Decider;
  readonly affinity: PromptAffinity;
  readonly takeover: "restart" | "continue";
  readonly whenOverBudget: "error" | "cheaper";
  readonly retry: {
    readonly retries: number;
    readonly baseMs: number;
    readonly capMs: number;
    readonly maxWaitMs: number;
  };
  readonly hedge: HedgeSettings | undefined;
  readonly reroute: ReadonlySet<ErrorCode>;
  readonly timeouts: ModelTimeouts | undefined;
  readonly guards: readonly AttemptGuard[];
  readonly clock: Clock;
  readonly random: () => number;
}

/** An attempt that is under way. */
export interface Running {
  readonly turn: Turn;
  readonly attempt: Attempt;
  /** The events up to the first that is a part of the answer. */
  readonly events: readonly ModelEvent[];
}
