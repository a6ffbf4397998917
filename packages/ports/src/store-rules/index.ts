export { toNormalApiKey } from "./api-key-rules.js";
export { type ConflictEnd, type NormalEnd, toNormalConflicts, toNormalEnds } from "./conflict-rules.js";
export { checkLeaseCall, type NormalCredential, toNormalCredential } from "./credential-rules.js";
export {
  addFailure,
  checkLetterEnd,
  type DeadLetterDraft,
  openLetter,
  toLetterKey,
  toNormalDeadLetter,
} from "./dead-letter-rules.js";
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
export { isEventAbout, isRunAbout, isStreamOf, toErasedStream } from "./erased-streams.js";
export {
  isContactOf,
  toErasedConflict,
  toErasedInboxEntry,
  toErasedLetter,
  toErasedLink,
  toErasedRecord,
  toErasedSyncEntry,
  toErasedSyncRun,
  toMentionlessLink,
} from "./erased-sync-records.js";
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
export {
  type InboxDraft,
  type InboxOutcome,
  toNormalInboxDraft,
  toNormalInboxOutcome,
  toNormalInboxWant,
} from "./inbox-rules.js";
export { hasWords, type NormalLeadQuery, toNormalLeadQuery, toScoreRank } from "./lead-search.js";
export {
  compareLinkCounts,
  type NormalLinkWrite,
  toNormalHint,
  toNormalLinkFilter,
  toNormalLinkWant,
  toNormalLinkWrites,
  toNormalName,
} from "./link-rules.js";
export {
  type LinkedRecords,
  type NormalLinkedRecord,
  toFlatRecord,
  toNormalLinkedRecords,
} from "./linked-record-rules.js";
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
export { type Part, toPartsCost } from "./parts-cost.js";
export { type NormalPerson, toNormalPerson, toPersonalRecords } from "./person-rules.js";
export {
  learnRate,
  type NormalTake,
  type NormalTold,
  type RateState,
  type RateWindowState,
  takeRate,
  toNormalTake,
  toNormalTold,
} from "./rate-windows.js";
export {
  type NormalChanges,
  type NormalRecordDraft,
  type NormalRecordWrite,
  recordKinds,
  toLookedFor,
  toNormalChanges,
  toNormalKind,
  toNormalRecordWrites,
  unknownChangeCursor,
} from "./record-rules.js";
export { type NormalRetention, toNormalRetention, toPrunedRecords } from "./retention-rules.js";
export { type NormalStatsRange, toNormalStatsRange, toRunStats } from "./run-stats.js";
export {
  budgetMeasures,
  toNormalAmounts,
  toNormalBreaker,
  toNormalEntry,
  toNormalId,
  toNormalReservation,
} from "./shared-records.js";
export { mayBeUnstorable, toStorable, toWritable } from "./storable.js";
export {
  closedStore,
  invalidValue,
  recordNotFound,
  staleRevision,
  transactionContended,
} from "./store-errors.js";
export {
  type NormalStreamFrom,
  toNormalStreamDraft,
  toNormalStreamFrom,
  toNormalStreamStop,
  toNormalStreamWrites,
} from "./stream-rules.js";
export {
  type NormalCursor,
  toNormalCursor,
  toNormalSyncEntries,
  toNormalSyncRun,
} from "./sync-rules.js";
export { checkTenant } from "./tenant-rules.js";
export { type NormalLatest, toNormalLatest, toNormalSummary } from "./thread-records.js";
export { checkVector, type NormalNearest, toNormalItems, toNormalNearest } from "./vector-rules.js";
export {
  isSameJson,
  toNormalWorkflow,
  type WorkflowDraft,
  workflowVersionTaken,
} from "./workflow-records.js";
