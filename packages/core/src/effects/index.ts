export { type ApprovalOption, type ApprovalPolicy, requireApproval } from "./approval-policy.js";
export {
  type ApprovalDecision,
  type ApprovalProblem,
  type ApprovalQuestion,
  type Approvals,
  type ApprovalsOptions,
  approvalEvent,
  createApprovals,
} from "./approvals.js";
export {
  type ActContext,
  defineEffect,
  type Effect,
  type EffectCall,
  type EffectScope,
  type LookupAnswer,
} from "./effect.js";
export { type EffectKeyParts, effectKey } from "./effect-key.js";
export { type EffectSlot, EffectSlots, type SlotTurn } from "./effect-slots.js";
export type { EffectStorage, EffectStores } from "./effect-storage.js";
export { createEffects, type Effects, type EffectsOptions } from "./effects.js";
export { type FrequencyCapOptions, frequencyCap } from "./frequency-cap.js";
export type { Gate, GateAnswer, GateQuestion } from "./gate.js";
export { type QuietHoursOptions, quietHours } from "./quiet-hours.js";
export type { EffectFinding } from "./settle-by-hand.js";
export { suppressionList } from "./suppression-list.js";
