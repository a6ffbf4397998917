import type { ApprovalRecord } from "@salesagent/ports";
import type { EffectSlots, Effects } from "../effects/index.js";

/** What lets the tools of a run write. */
export interface WriteGuard {
  readonly effects: Effects;
  /** Who calls, for approvals and the audit trail. */
  readonly agent: string;
  /** The run that effects are named by: the same whenever this work is done again. */
  readonly runId: string;
  /** Numbers the calls of the run; one for all of them. */
  readonly slots: EffectSlots;
  /** Told of a pending approval; may wait for it. What it throws ends the run as it is. */
  readonly onApprovalRequired?: ((approval: ApprovalRecord) => unknown) | undefined;
}
