import type { ApprovalStore, EffectStore, FlowStore, TenantStores } from "@salesagent/ports";
import { createBudgetStatements } from "./budget-statements.js";
import { createFlowStatements } from "./flow-statements.js";
import { createLeadFinder } from "./lead-finding.js";
import { createLeadStatements } from "./lead-statements.js";
import { createApiKeyStatements, createPgApiKeyStore } from "./pg-api-key-store.js";
import { createApprovalStatements, createPgApprovalStore } from "./pg-approval-store.js";
import { createAuditStatements, createPgAuditStore } from "./pg-audit-store.js";
import { createBreakerStatements, createPgBreakerStore } from "./pg-breaker-store.js";
import { createPgBudgetStore } from "./pg-budget-store.js";
import { createCacheStatements, createPgCacheStore } from "./pg-cache-store.js";
import { createEffectStatements, createPgEffectStore } from "./pg-effect-store.js";
import { createErasing } from "./pg-erasure-store.js";
import { createFactStatements, createPgFactStore } from "./pg-fact-store.js";
import { createFlowQueueStatements } from "./pg-flow-queue.js";
import { createPgFlowStore } from "./pg-flow-store.js";
import { createImportStatements, createPgImportStore } from "./pg-import-store.js";
import { createPgLeadStore } from "./pg-lead-store.js";
import { createMessageStatements, createPgMessageStore } from "./pg-message-store.js";
import { createModelCallStatements, createPgModelCallStore } from "./pg-model-call-store.js";
import { createPgResultStore, createResultStatements } from "./pg-result-store.js";
import { createPgRunStore, createRunStatements } from "./pg-run-store.js";
import { createPgStepStore, createStepStatements } from "./pg-step-store.js";
import { createPgUsageStore, createUsageStatements } from "./pg-usage-store.js";
import { createPgVectorStore } from "./pg-vector-store.js";
import { createPgWorkflowStore, createWorkflowStatements } from "./pg-workflow-store.js";
import { createRetentionStatements } from "./retention-statements.js";
import type { StoreContext, TableNames } from "./store-context.js";
import { createPgStreamStore, createStreamStatements } from "./streams/pg-stream-store.js";
import { createLinkStatements } from "./sync/link-statements.js";
import { createLinkedRecordStatements } from "./sync/linked-records.js";
import { createConflictStatements, createPgConflictStore } from "./sync/pg-conflict-store.js";
import { createCredentialStatements, createPgCredentialStore } from "./sync/pg-credential-store.js";
import { createDeadLetterStatements, createPgDeadLetterStore } from "./sync/pg-dead-letter-store.js";
import { createInboxStatements, createPgInboxStore } from "./sync/pg-inbox-store.js";
import { createLeaseStatements, createPgLeaseStore } from "./sync/pg-lease-store.js";
import { createPgLinkStore } from "./sync/pg-link-store.js";
import { createPgRateBudgetStore, createRateBudgetStatements } from "./sync/pg-rate-budget-store.js";
import { createPgRecordStore } from "./sync/pg-record-store.js";
import { createPgSyncCursorStore, createSyncCursorStatements } from "./sync/pg-sync-cursor-store.js";
import { createPgSyncRunStore, createSyncRunStatements } from "./sync/pg-sync-run-store.js";
import { createRecordStatements } from "./sync/record-statements.js";
import { createVectorStatements } from "./vector-statements.js";

/** The SQL of all stores, made once for each schema. */
export function createStatements(name: TableNames, schema: string) {
  return {
    leads: createLeadStatements(name),
    leadFinder: createLeadFinder(name),
    runs: createRunStatements(name),
    steps: createStepStatements(name),
    modelCalls: createModelCallStatements(name),
    results: createResultStatements(name),
    messages: createMessageStatements(name),
    audit: createAuditStatements(name),
    usage: createUsageStatements(name),
    imports: createImportStatements(name),
    budgets: createBudgetStatements(name),
    cache: createCacheStatements(name),
    breakers: createBreakerStatements(name),
    vectors: createVectorStatements(name),
    flows: createFlowStatements(name, schema),
    queue: createFlowQueueStatements(name),
    effects: createEffectStatements(name),
    approvals: createApprovalStatements(name),
    facts: createFactStatements(name),
    workflows: createWorkflowStatements(name),
    records: createRecordStatements(name),
    links: createLinkStatements(name),
    linkedRecords: createLinkedRecordStatements(name),
    syncCursors: createSyncCursorStatements(name),
    syncRuns: createSyncRunStatements(name),
    conflicts: createConflictStatements(name),
    deadLetters: createDeadLetterStatements(name),
    inbox: createInboxStatements(name),
    rateBudgets: createRateBudgetStatements(name),
    leases: createLeaseStatements(name),
    credentials: createCredentialStatements(name),
    streams: createStreamStatements(name, schema),
    apiKeys: createApiKeyStatements(name),
    erasing: createErasing(name),
    retention: createRetentionStatements(name),
  };
}

export type Statements = ReturnType<typeof createStatements>;

/** The stores of one tenant, those of durable work among them. */
export interface PgTenantStores extends TenantStores {
  readonly flows: FlowStore;
  readonly effects: EffectStore;
  readonly approvals: ApprovalStore;
}

/** The stores of one tenant, in a transaction or out of it. */
export function createPgStores(context: StoreContext, statements: Statements): PgTenantStores {
  return {
    tenant: context.tenant,
    leads: createPgLeadStore(context, statements.leads, statements.leadFinder),
    runs: createPgRunStore(context, statements.runs),
    steps: createPgStepStore(context, statements.steps),
    modelCalls: createPgModelCallStore(context, statements.modelCalls),
    results: createPgResultStore(context, statements.results),
    messages: createPgMessageStore(context, statements.messages),
    audit: createPgAuditStore(context, statements.audit),
    usage: createPgUsageStore(context, statements.usage),
    imports: createPgImportStore(context, statements.imports),
    budgets: createPgBudgetStore(context, statements.budgets),
    cache: createPgCacheStore(context, statements.cache),
    breakers: createPgBreakerStore(context, statements.breakers),
    vectors: createPgVectorStore(context, statements.vectors),
    flows: createPgFlowStore(context, statements.flows),
    effects: createPgEffectStore(context, statements.effects),
    approvals: createPgApprovalStore(context, statements.approvals),
    facts: createPgFactStore(context, statements.facts),
    workflows: createPgWorkflowStore(context, statements.workflows),
    records: createPgRecordStore(context, statements.records),
    links: createPgLinkStore(context, statements.links, {
      ...statements.linkedRecords,
      remove: statements.records.remove,
    }),
    syncCursors: createPgSyncCursorStore(context, statements.syncCursors),
    syncRuns: createPgSyncRunStore(context, statements.syncRuns),
    conflicts: createPgConflictStore(context, statements.conflicts),
    deadLetters: createPgDeadLetterStore(context, statements.deadLetters),
    inbox: createPgInboxStore(context, statements.inbox),
    rateBudgets: createPgRateBudgetStore(context, statements.rateBudgets),
    leases: createPgLeaseStore(context, statements.leases),
    credentials: createPgCredentialStore(context, statements.credentials),
    streams: createPgStreamStore(context, statements.streams),
    apiKeys: createPgApiKeyStore(context, statements.apiKeys),
  };
}
