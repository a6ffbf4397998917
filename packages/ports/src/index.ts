export type { CallOptions } from "./call-options.js";
export { type Clock, systemClock, type Timer } from "./clock.js";
export type {
  CRMProvider,
  CrmActivityFields,
  CrmCallOptions,
  CrmCapabilities,
  CrmChange,
  CrmChanges,
  CrmCompanyFields,
  CrmContactFields,
  CrmDealFields,
  CrmDraft,
  CrmFieldName,
  CrmFieldSchema,
  CrmFields,
  CrmFound,
  CrmHint,
  CrmKind,
  CrmKindSupport,
  CrmLinks,
  CrmLookup,
  CrmLookupSupport,
  CrmPage,
  CrmRecord,
  CrmRemoval,
  CrmWebhookRequest,
  CrmWrite,
  CrmWritten,
} from "./crm/index.js";
export type {
  CompanyEnricher,
  CompanyHints,
  Enrichment,
  PersonHints,
  Position,
  Profile,
  ProfileReader,
  TenantCall,
} from "./enrichment/index.js";
export { type AnySalesAgentError, type ErrorInit, type Replay, SalesAgentError } from "./error.js";
export type {
  BudgetFacts,
  CredentialErrorFacts,
  CrmErrorFacts,
  ErrorCode,
  ErrorFacts,
  FailedAttemptFact,
  IssueFact,
  ModelErrorFacts,
  PassedOverFact,
  ServiceErrorFacts,
  StoreErrorFacts,
  ToolErrorFacts,
} from "./error-facts.js";
export { type EventFold, type EventSource, EventStream, type StreamControl } from "./event-stream.js";
export type {
  EventBus,
  HostEventBase,
  ModelName,
  RunEventBase,
  SalesEventBase,
  SalesEventName,
  SalesEvents,
  SyncEventBase,
} from "./events.js";
export type { DependencyHealth, HealthCheck, HealthStatus } from "./health.js";
export type {
  DeadJob,
  Job,
  JobEngine,
  JobRequest,
  QueueOptions,
  Worker,
  WorkOptions,
} from "./job-engine.js";
export type { JsonObject, JsonSchema, JsonValue } from "./json.js";
export type { KeyRing, WrappedKey } from "./key-ring.js";
export { AnswerAssembler } from "./model/answer-assembler.js";
export type { AttemptCeiling, AttemptGuard, AttemptPermit, AttemptPlan } from "./model/attempt-guard.js";
export type { CallScope } from "./model/call-scope.js";
export type { EmbeddingCallOptions, EmbeddingModel, EmbeddingResult } from "./model/embedding-model.js";
export type { LanguageModel, ModelStream } from "./model/language-model.js";
export type {
  AnswerPart,
  AssistantMessage,
  FilePart,
  Message,
  Origin,
  ProviderData,
  ReasoningPart,
  SystemMessage,
  TextPart,
  ToolCallPart,
  ToolMessage,
  ToolResultPart,
  UserMessage,
} from "./model/message.js";
export type {
  AttemptPurpose,
  CacheHit,
  ContinueEvent,
  FinishEvent,
  FinishReason,
  ModelAttempt,
  ModelBodyEvent,
  ModelEvent,
  ModelTimings,
  ModelWarning,
  RateLimitFact,
  ReasoningDeltaEvent,
  RestartEvent,
  StartEvent,
  TextDeltaEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
} from "./model/model-event.js";
export type { ModelAbilities, ModelPrice, ModelProfile, TokenPrice } from "./model/model-profile.js";
export type {
  ModelCallOptions,
  ModelRequest,
  ModelTimeouts,
  OutputSpec,
  ReasoningEffort,
  ToolSpec,
} from "./model/model-request.js";
export type { ModelResult } from "./model/model-result.js";
export { createModelStream, type ModelEventSource } from "./model/model-stream.js";
export type { CandidateFacts, ConsideredCandidate, RoutingDecision } from "./model/routing-decision.js";
export { systemMessage, userMessage } from "./model/transcript-parts.js";
export type { Usage } from "./model/usage.js";
export { onAbort } from "./on-abort.js";
export type { Company, CompanyFields, NumberRange } from "./records/company.js";
export type { Contact, ContactFields, Seniority } from "./records/contact.js";
export type { Lead, LeadDraft, LeadStage } from "./records/lead.js";
export type { FieldProvenance, Provenance } from "./records/provenance.js";
export { createSortableIds } from "./sortable-id.js";
export type {
  InferInput,
  InferOutput,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from "./standard-schema.js";
export type { ApiKeyRecord, ApiKeyStore, Role } from "./stores/api-key-store.js";
export type { ApprovalRecord, ApprovalStatus, ApprovalStore } from "./stores/approval-store.js";
export type { AuditFilter, AuditRecord, AuditStore } from "./stores/audit-store.js";
export type { BreakerRecord, BreakerStore } from "./stores/breaker-store.js";
export type {
  BudgetAmounts,
  BudgetClaim,
  BudgetLine,
  BudgetOutcome,
  BudgetReservation,
  BudgetStore,
} from "./stores/budget-store.js";
export type { CacheEntry, CacheStore } from "./stores/cache-store.js";
export type { ConflictFilter, ConflictRecord, ConflictStore } from "./stores/conflict-store.js";
export type { CredentialStore, SealedCredential } from "./stores/credential-store.js";
export type { DeadLetter, DeadLetterFilter, DeadLetterStore } from "./stores/dead-letter-store.js";
export type { EffectClaim, EffectRecord, EffectStatus, EffectStore } from "./stores/effect-store.js";
export {
  ERASED,
  type ErasureStore,
  type PersonalRecords,
  type PersonQuery,
} from "./stores/erasure-store.js";
export type { FactFilter, FactRecord, FactStore } from "./stores/fact-store.js";
export type {
  FlowCheckpoint,
  FlowClaim,
  FlowEvent,
  FlowFilter,
  FlowQueue,
  FlowRecord,
  FlowStart,
  FlowState,
  FlowStep,
  FlowStore,
  FlowWrite,
} from "./stores/flow-store.js";
export type { ImportRecord, ImportStore } from "./stores/import-store.js";
export type { InboxEntry, InboxStore } from "./stores/inbox-store.js";
export type {
  FoundLead,
  LeadFilter,
  LeadInsertOutcome,
  LeadQualification,
  LeadQuery,
  LeadStore,
} from "./stores/lead-store.js";
export type { LeaseStore } from "./stores/lease-store.js";
export type {
  CrmLink,
  LinkCount,
  LinkDraft,
  LinkedRecord,
  LinkedRecordMade,
  LinkFilter,
  LinkStanding,
  LinkState,
  LinkStore,
  LinkWrite,
  LinkWritten,
} from "./stores/link-store.js";
export type {
  MessageRecord,
  MessageStore,
  ThreadRecord,
  ThreadSummary,
} from "./stores/message-store.js";
export type { Page, PageRequest } from "./stores/page.js";
export type { RateBudgetStore, RateGrant, RateWindow } from "./stores/rate-budget-store.js";
export type {
  RecordChanges,
  RecordDraft,
  RecordKind,
  RecordLinks,
  RecordRemoval,
  RecordStore,
  RecordWrite,
  RecordWritten,
  StoredRecord,
} from "./stores/record-store.js";
export type { ResultFilter, ResultRecord, ResultStore } from "./stores/result-store.js";
export type { PrunedRecords, RetentionLimits, RetentionStore } from "./stores/retention-store.js";
export type {
  ModelCallRecord,
  ModelCallStore,
  PartsCost,
  RunFilter,
  RunPatch,
  RunRecord,
  RunStats,
  RunStatus,
  RunStore,
  StepRecord,
  StepStore,
  StoredError,
} from "./stores/run-store.js";
export type {
  Storage,
  StorageSupports,
  TenantStorage,
  TenantStores,
  TransactionOptions,
} from "./stores/storage.js";
export type {
  StoredStreamEvent,
  StreamDraft,
  StreamFilter,
  StreamNotices,
  StreamPart,
  StreamRecord,
  StreamStore,
  StreamWatch,
  StreamWrite,
  StreamWritten,
} from "./stores/stream-store.js";
export type { SyncCursor, SyncCursorStore } from "./stores/sync-cursor-store.js";
export type { SyncEntry, SyncEntryFilter, SyncRun, SyncRunStore } from "./stores/sync-run-store.js";
export type { UsageRow, UsageStore } from "./stores/usage-store.js";
export type { NearestOptions, VectorItem, VectorMatch, VectorStore } from "./stores/vector-store.js";
export type { WorkflowRecord, WorkflowStore } from "./stores/workflow-store.js";
export { untilAborted } from "./until-aborted.js";
export { wait } from "./wait.js";
