export { backfill, isBackfilled } from "./backfill.js";
export { checkMapping } from "./check-mapping.js";
export { createSyncContext, type SyncContextOptions } from "./create-sync-context.js";
export { defaultRules, type FieldRules, type SyncDirection } from "./default-rules.js";
export { drainLinks } from "./drain-links.js";
export type { FieldPolicy, FieldRule } from "./field-policy.js";
export { identityKeys, matchKeys } from "./match-keys.js";
export {
  type AgreedBase,
  type FieldConflict,
  type MergedRecord,
  type MergeOptions,
  mergeRecord,
  type RecordSide,
} from "./merge-record.js";
export { planSync, type SyncPlan } from "./plan-sync.js";
export type { PlannedWrite } from "./planned-write.js";
export { pullChanges, type WalkCounts } from "./pull-changes.js";
export { type PulledPage, pullPage } from "./pull-page.js";
export { pushChanges } from "./push-changes.js";
export { reconcile } from "./reconcile.js";
export { recordDraft } from "./record-draft.js";
export { replayDeadLetter } from "./replay-dead-letter.js";
export { type ConflictChoice, resolveConflict } from "./resolve-conflict.js";
export { allowRemovals, type SettledRemovals, settleRemovals } from "./settle-removals.js";
export type { CrmConnection, CrmConnections, SyncSchedule } from "./sync/connection.js";
export { type CrmSync, type CrmSyncOptions, createCrmSync } from "./sync/create-crm-sync.js";
export type { SyncRunStream } from "./sync/progress-stream.js";
export type { ReceivedWebhook } from "./sync/receive-webhook.js";
export type { KindCounts, SyncPhase, SyncProgress } from "./sync/sync-progress.js";
export type { ConnectionStatus, SyncMetrics } from "./sync/sync-status.js";
export type {
  DecidedBy,
  SyncConflicts,
  SyncDeadLetters,
  SyncRunOptions,
  TenantSync,
} from "./sync/tenant-sync.js";
export type { BatchCounts, PageCounts, SyncContext, SyncEvent, SyncLimits } from "./sync-context.js";
export { type CycleCounts, type CycleEnd, syncCycle } from "./sync-cycle.js";
