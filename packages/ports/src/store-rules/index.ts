export {
  toNormalApproval,
  toNormalCount,
  toNormalDecision,
  toNormalEffect,
  toNormalOutcome,
} from "./effect-records.js";
export {
  isAnswerAbout,
  isFactAbout,
  isVectorAbout,
  toErasedApproval,
  toErasedAudit,
  toErasedEffect,
  toErasedFlow,
  toErasedImport,
  toErasedLead,
  toErasedMessage,
  toErasedResult,
  toErasedRun,
  toErasedStep,
  toErasedSummary,
} from "./erased-records.js";
export { toNormalFacts } from "./fact-records.js";
export { checkDay, checkId, checkWhole, fromNanoUsd, toInstant, toNanoUsd } from "./field-rules.js";
export {
  checkLease,
  checkpointOutOfOrder,
  flowFenced,
  type NormalWant,
  stepRemembered,
  toNormalFlowEvent,
  toNormalFlowStart,
  toNormalFlowWrite,
  toNormalStop,
  toNormalWant,
} from "./flow-records.js";
export { type Mentions, toMentions } from "./mentions.js";
export {
  addUsage,
  compareUsage,
  type NormalDraft,
  toNormalAudit,
  toNormalDraft,
  toNormalImport,
  toNormalMessage,
  toNormalModelCall,
  toNormalPatch,
  toNormalResult,
  toNormalRun,
  toNormalStep,
  toUsageKey,
  toUsageSums,
  type UnplacedMessage,
  usageCounters,
} from "./normal-records.js";
export { type Cursor, type NormalPage, toCursorText, toNormalPage } from "./page-rules.js";
export { type NormalPerson, toNormalPerson, toPersonalRecords } from "./person-rules.js";
export { type NormalRetention, toNormalRetention, toPrunedRecords } from "./retention-rules.js";
export {
  budgetMeasures,
  toNormalAmounts,
  toNormalBreaker,
  toNormalEntry,
  toNormalId,
  toNormalReservation,
} from "./shared-records.js";
export { toStorable } from "./storable.js";
export {
  closedStore,
  invalidValue,
  recordNotFound,
  staleRevision,
  transactionContended,
} from "./store-errors.js";
export { checkTenant } from "./tenant-rules.js";
export { type NormalLatest, toNormalLatest, toNormalSummary } from "./thread-records.js";
export { checkVector, type NormalNearest, toNormalItems, toNormalNearest } from "./vector-rules.js";
export {
  isSameJson,
  toNormalWorkflow,
  type WorkflowDraft,
  workflowVersionTaken,
} from "./workflow-records.js";
