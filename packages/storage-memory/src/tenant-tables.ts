import type {
  ApprovalRecord,
  AuditRecord,
  BreakerRecord,
  CacheEntry,
  EffectRecord,
  FactRecord,
  ImportRecord,
  Lead,
  MessageRecord,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  StepRecord,
  ThreadSummary,
  UsageRow,
} from "@salesagent/ports";
import { type BudgetBook, type BudgetSums, DueTime, type OpenReservation } from "./budget-book.js";
import type { DueRuns } from "./due-runs.js";
import type { FlowRow } from "./flow-row.js";
import { FlowTable } from "./flow-table.js";
import { type Keyed, MapDraft } from "./map-draft.js";
import type { WorkflowRow } from "./memory-workflow-store.js";
import { RecentMap } from "./recent-map.js";
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

/**
 * @param maxCacheEntries - The most answers that are kept.
 * @param due - Is told when runs of graphs are due.
 */
export function createTenantTables(tenant: string, maxCacheEntries: number, due: DueRuns): TenantTables {
  const tables = createTables(tenant, maxCacheEntries, due);
  return { ...tables, draft: () => createDraft(tables) };
}

type Tables = ReturnType<typeof createTables>;

function createTables(tenant: string, maxCacheEntries: number, due: DueRuns) {
  const writes = { value: 0 };
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
