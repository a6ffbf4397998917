import type {
  ApiKeyRecord,
  ApprovalRecord,
  AuditRecord,
  BreakerRecord,
  CacheEntry,
  ConflictRecord,
  DeadLetter,
  EffectRecord,
  FactRecord,
  ImportRecord,
  Lead,
  MessageRecord,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  SealedCredential,
  StepRecord,
  SyncCursor,
  SyncEntry,
  SyncRun,
  ThreadSummary,
  UsageRow,
} from "@salesagent/ports";
import type { RateState } from "@salesagent/ports/store-rules";
import { type BudgetBook, type BudgetSums, DueTime, type OpenReservation } from "./budget-book.js";
import { ChangeLog } from "./change-log.js";
import type { DueRuns } from "./due-runs.js";
import type { FlowRow } from "./flow-row.js";
import { FlowTable } from "./flow-table.js";
import { type LinkRows, LinkTable, LinkTableDraft } from "./link-table.js";
import { type Keyed, MapDraft } from "./map-draft.js";
import { type InboxRow, toWaitingGroup } from "./memory-inbox-store.js";
import type { Lease } from "./memory-lease-store.js";
import type { WorkflowRow } from "./memory-workflow-store.js";
import { RecentMap } from "./recent-map.js";
import {
  type RecordRows,
  RecordTable,
  RecordTableDraft,
  type RemovalRow,
  RemovalTable,
} from "./record-table.js";
import type { StreamRow } from "./stream-row.js";
import { StreamTable } from "./stream-table.js";
import { type Rows, Table } from "./table.js";
import { TableDraft } from "./table-draft.js";
import { VectorDraft, type Vectors, VectorTable } from "./vector-table.js";

/** The right to probe. */
export interface Probe {
  readonly owner: string;
  readonly until: string;
}

/** All that is kept for one tenant, as stores see it. */
export interface TenantRows {
  readonly leads: Rows<Lead>;
  /** Which lead holds each key. */
  readonly leadKeys: Keyed<string>;
  /** Grouped by lead. */
  readonly runs: Rows<RunRecord>;
  /** Grouped by run. */
  readonly steps: Rows<StepRecord>;
  /** Grouped by run. */
  readonly modelCalls: Rows<ModelCallRecord>;
  /** Grouped by lead. */
  readonly results: Rows<ResultRecord>;
  /** Grouped by thread. */
  readonly messages: Rows<MessageRecord>;
  /** By thread. */
  readonly summaries: Keyed<ThreadSummary>;
  /** Grouped by subject. */
  readonly audit: Rows<AuditRecord>;
  readonly usage: Rows<UsageRow>;
  readonly imports: Rows<ImportRecord>;
  readonly budgets: BudgetBook;
  readonly cache: Keyed<CacheEntry>;
  readonly breakers: Keyed<BreakerRecord>;
  /** By the name of the breaker. */
  readonly probes: Keyed<Probe>;
  readonly vectors: Vectors;
  /** Grouped by thread. */
  readonly flows: Rows<FlowRow>;
  /** Grouped by target. */
  readonly effects: Rows<EffectRecord>;
  readonly approvals: Rows<ApprovalRecord>;
  /** Grouped by subject. */
  readonly facts: Rows<FactRecord>;
  /** Grouped by name. */
  readonly workflows: Rows<WorkflowRow>;
  /** By name. */
  readonly activeVersions: Keyed<string>;
  /** Grouped by kind. */
  readonly records: RecordRows;
  readonly recordRemovals: Rows<RemovalRow>;
  /** Grouped by connection. */
  readonly links: LinkRows;
  /** Which link holds each id of a CRM. */
  readonly linkCrmIds: Keyed<string>;
  readonly syncCursors: Keyed<SyncCursor>;
  /** Grouped by connection. */
  readonly syncRuns: Rows<SyncRun>;
  /** Grouped by run. */
  readonly syncEntries: Rows<SyncEntry>;
  /** Grouped by record. */
  readonly conflicts: Rows<ConflictRecord>;
  /** Grouped by record. */
  readonly deadLetters: Rows<DeadLetter>;
  /** The open letter of each thing that failed. */
  readonly openLetters: Keyed<string>;
  /** Those that wait, grouped by source. */
  readonly inbox: Rows<InboxRow>;
  /** Which entry has each key. */
  readonly inboxKeys: Keyed<string>;
  readonly rates: Keyed<RateState>;
  readonly leases: Keyed<Lease>;
  readonly credentials: Keyed<SealedCredential>;
  /** Grouped by thread. */
  readonly streams: Rows<StreamRow>;
  readonly apiKeys: Rows<ApiKeyRecord>;
}

/** The rows of one transaction. */
export interface TenantDraft extends TenantRows {
  /** Makes the writes stand; false, with nothing written, when they collide with what others wrote meanwhile. */
  commit(): boolean;
}

/** The tables of one tenant. */
export interface TenantTables extends Tables {
  draft(): TenantDraft;
}

/** The most that is kept of what makes room for newer. */
export interface TableLimits {
  readonly maxCacheEntries: number;
  readonly maxStreamEvents: number;
}

/**
 * @param due - Is told when runs of graphs are due.
 */
export function createTenantTables(tenant: string, limits: TableLimits, due: DueRuns): TenantTables {
  const tables = createTables(tenant, limits, due);
  return { ...tables, draft: () => createDraft(tables) };
}

type Tables = ReturnType<typeof createTables>;

function createTables(tenant: string, { maxCacheEntries, maxStreamEvents }: TableLimits, due: DueRuns) {
  const writes = { value: 0 };
  const log = new ChangeLog();
  return {
    leads: new Table<Lead>(writes),
    leadKeys: new Map<string, string>(),
    runs: new Table<RunRecord>(writes, (run) => run.leadId),
    steps: new Table<StepRecord>(writes, (step) => step.runId),
    modelCalls: new Table<ModelCallRecord>(writes, (call) => call.runId),
    results: new Table<ResultRecord>(writes, (result) => result.leadId),
    messages: new Table<MessageRecord>(writes, (message) => message.threadId),
    summaries: new Map<string, ThreadSummary>(),
    audit: new Table<AuditRecord>(writes, (record) => record.subject),
    usage: new Table<UsageRow>(writes),
    imports: new Table<ImportRecord>(writes),
    budgets: {
      lines: new Map<string, BudgetSums>(),
      reservations: new Map<string, OpenReservation>(),
      due: new DueTime(),
    },
    cache: new RecentMap<CacheEntry>(maxCacheEntries),
    breakers: new Map<string, BreakerRecord>(),
    probes: new Map<string, Probe>(),
    vectors: new VectorTable(),
    flows: new FlowTable(writes, tenant, due),
    effects: new Table<EffectRecord>(writes, (effect) => effect.target),
    approvals: new Table<ApprovalRecord>(writes),
    facts: new Table<FactRecord>(writes, (fact) => fact.subject),
    workflows: new Table<WorkflowRow>(writes, (workflow) => workflow.name),
    activeVersions: new Map<string, string>(),
    records: new RecordTable(writes, log),
    recordRemovals: new RemovalTable(writes, log),
    links: new LinkTable(writes),
    linkCrmIds: new Map<string, string>(),
    syncCursors: new Map<string, SyncCursor>(),
    syncRuns: new Table<SyncRun>(writes, (run) => run.connection),
    syncEntries: new Table<SyncEntry>(writes, (entry) => entry.runId),
    conflicts: new Table<ConflictRecord>(writes, (conflict) => conflict.recordId),
    deadLetters: new Table<DeadLetter>(writes, (letter) => letter.recordId),
    openLetters: new Map<string, string>(),
    inbox: new Table<InboxRow>(writes, toWaitingGroup),
    inboxKeys: new Map<string, string>(),
    rates: new Map<string, RateState>(),
    leases: new Map<string, Lease>(),
    credentials: new Map<string, SealedCredential>(),
    streams: new StreamTable(writes, maxStreamEvents),
    apiKeys: new Table<ApiKeyRecord>(writes),
  };
}

function createDraft(tables: Tables): TenantDraft {
  const budgets = {
    lines: new MapDraft(tables.budgets.lines),
    reservations: new MapDraft(tables.budgets.reservations),
    due: new DueTime(tables.budgets.due),
  };
  const drafts = {
    leads: new TableDraft(tables.leads),
    leadKeys: new MapDraft(tables.leadKeys),
    runs: new TableDraft(tables.runs),
    steps: new TableDraft(tables.steps),
    modelCalls: new TableDraft(tables.modelCalls),
    results: new TableDraft(tables.results),
    messages: new TableDraft(tables.messages),
    summaries: new MapDraft(tables.summaries),
    audit: new TableDraft(tables.audit),
    usage: new TableDraft(tables.usage),
    imports: new TableDraft(tables.imports),
    cache: new MapDraft(tables.cache),
    breakers: new MapDraft(tables.breakers),
    probes: new MapDraft(tables.probes),
    vectors: new VectorDraft(tables.vectors),
    flows: new TableDraft(tables.flows),
    effects: new TableDraft(tables.effects),
    approvals: new TableDraft(tables.approvals),
    facts: new TableDraft(tables.facts),
    workflows: new TableDraft(tables.workflows),
    activeVersions: new MapDraft(tables.activeVersions),
    records: new RecordTableDraft(tables.records),
    recordRemovals: new TableDraft(tables.recordRemovals),
    links: new LinkTableDraft(tables.links),
    linkCrmIds: new MapDraft(tables.linkCrmIds),
    syncCursors: new MapDraft(tables.syncCursors),
    syncRuns: new TableDraft(tables.syncRuns),
    syncEntries: new TableDraft(tables.syncEntries),
    conflicts: new TableDraft(tables.conflicts),
    deadLetters: new TableDraft(tables.deadLetters),
    openLetters: new MapDraft(tables.openLetters),
    inbox: new TableDraft(tables.inbox),
    inboxKeys: new MapDraft(tables.inboxKeys),
    rates: new MapDraft(tables.rates),
    leases: new MapDraft(tables.leases),
    credentials: new MapDraft(tables.credentials),
    streams: new TableDraft(tables.streams),
    apiKeys: new TableDraft(tables.apiKeys),
  };
  return {
    ...drafts,
    budgets,
    commit() {
      const parts = [...Object.values(drafts), ...Object.values(budgets)];
      if (parts.some((part) => part.collides())) return false;
      for (const part of parts) part.apply();
      return true;
    },
  };
}
