import type { ModelAttempt, ModelEvent, Usage } from "@salesagent/ports";
import type { DrillSetup } from "./drill-setup.js";

/** What a call is asked. */
export interface DrillAsk {
  /** Sent as the one message of the user; the drill knows the call's requests by it. */
  readonly prompt: string;
  readonly signal: AbortSignal;
}

/** How a call ended well, as far as the subject tells. */
export interface DrillOutcome {
  /** The whole answer. */
  readonly text: string;
  readonly provider?: string | undefined;
  readonly modelId?: string | undefined;
  /** Of the attempts that wrote the answer. */
  readonly usage?: Usage | undefined;
  /** Of all attempts, in USD. */
  readonly costUsd?: number | undefined;
  readonly attempts?: readonly ModelAttempt[] | undefined;
}

/** What a reader gets while the answer comes. Subjects without events of their own give text only. */
export type DrillEvent = ModelEvent | { readonly type: "text-delta"; readonly text: string };

/** One call on its way. Both may throw what the subject throws. */
export interface DrillCall {
  readonly events: AsyncIterable<DrillEvent>;
  /** Asked once, after the events have ended. */
  outcome(): Promise<DrillOutcome>;
}

/** A subject that is set up. */
export interface DrillSession {
  call(ask: DrillAsk): DrillCall;
  close(): Promise<void>;
}

/** Something that answers by way of two models, and is to be drilled. */
export interface DrillSubject {
  readonly name: string;
  /**
   * Holds the subject to what this SDK promises: the fallback is used where it can help, events keep their grammar, an
   * abort is the caller's own reason, and model, usage and cost are told. Without it a clear error passes wherever the
   * primary fails, and what is not told is not wrong, except where accounting is the point. @defaultValue true
   */
  readonly strict?: boolean;
  open(setup: DrillSetup): Promise<DrillSession>;
}
