import { EffectSlots } from "../effects/effect-slots.js";
import type { WriteGuard } from "../tools/write-guard.js";
import type { EventFacts, RunContextInit } from "./run-context.js";

/**
 * What a run's tools that write run through, where the agent has an effect ledger. Each approval that is asked for is told once, however
 * often a call comes back to it.
 */
export function runWriteGuard(
  init: RunContextInit,
  tell: (asked: EventFacts<"approval-requested">) => void,
): WriteGuard | undefined {
  const { agent, runId, effects, effectScope = { runId, step: "" }, onApprovalRequired } = init;
  if (!effects) return undefined;
  const told = new Set<string>();
  return {
    ...{ effects, agent, runId: effectScope.runId },
    slots: new EffectSlots(effectScope.step),
    onApprovalRequired: (approval) => {
      const { id: approvalId, tool, callId, expiresAt } = approval;
      if (!told.has(approvalId)) tell({ approvalId, tool, callId, expiresAt });
      told.add(approvalId);
      return onApprovalRequired?.(approval);
    },
  };
}
