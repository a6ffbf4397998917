import {
  type CallOptions,
  type Clock,
  createSortableIds,
  type Storage,
  systemClock,
  type TenantStorage,
  type TenantStores,
  untilAborted,
} from "@salesagent/ports";
import { checkTenant, closedStore, transactionContended } from "@salesagent/ports/store-rules";
import type { FlowTable } from "./flow-table.js";
import { createMemoryApiKeyStore } from "./memory-api-key-store.js";
import { createMemoryApprovalStore } from "./memory-approval-store.js";
import { createMemoryAuditStore } from "./memory-audit-store.js";
import { createMemoryBreakerStore } from "./memory-breaker-store.js";
import { createMemoryBudgetStore } from "./memory-budget-store.js";
import { createMemoryCacheStore } from "./memory-cache-store.js";
import { createMemoryConflictStore } from "./memory-conflict-store.js";
import { createMemoryCredentialStore } from "./memory-credential-store.js";
import { createMemoryDeadLetterStore } from "./memory-dead-letter-store.js";
import { createMemoryEffectStore } from "./memory-effect-store.js";
import { createMemoryErasureStore } from "./memory-erasure-store.js";
import { createMemoryFactStore } from "./memory-fact-store.js";
import { createMemoryFlowQueue } from "./memory-flow-queue.js";
import { createMemoryFlowStore } from "./memory-flow-store.js";
import { createMemoryImportStore } from "./memory-import-store.js";
import { createMemoryInboxStore } from "./memory-inbox-store.js";
import { createMemoryLeadStore } from "./memory-lead-store.js";
import { createMemoryLeaseStore } from "./memory-lease-store.js";
import { createMemoryLinkStore } from "./memory-link-store.js";
import { createMemoryMessageStore } from "./memory-message-store.js";
import { createMemoryModelCallStore } from "./memory-model-call-store.js";
import { createMemoryRateBudgetStore } from "./memory-rate-budget-store.js";
import { createMemoryRecordStore } from "./memory-record-store.js";
import { createMemoryResultStore } from "./memory-result-store.js";
import { createMemoryRetentionStore } from "./memory-retention-store.js";
import { createMemoryRunStore } from "./memory-run-store.js";
import { createMemoryStepStore } from "./memory-step-store.js";
import { MemoryStreamNotices } from "./memory-stream-notices.js";
import { createMemoryStreamStore } from "./memory-stream-store.js";
import { createMemorySyncCursorStore } from "./memory-sync-cursor-store.js";
import { createMemorySyncRunStore } from "./memory-sync-run-store.js";
import { createMemoryUsageStore } from "./memory-usage-store.js";
import { createMemoryVectorStore } from "./memory-vector-store.js";
import { createMemoryWorkflowStore } from "./memory-workflow-store.js";
import type { StoreContext } from "./store-context.js";
import { createTenantTables, type TenantTables } from "./tenant-tables.js";
import { openTransactionEnd } from "./transaction-end.js";
import { Turnstile } from "./turnstile.js";

/** How often a transaction is run again because writes outside of it collided with its own. */
const TRANSACTION_ATTEMPTS = 10;

export interface MemoryStorageOptions {
  /** Stamps `createdAt` and `updatedAt`, and decides what is over. @defaultValue systemClock */
  readonly clock?: Clock;
  /** Makes the ids of leads; each must be new. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: () => string;
  /**
   * The most cached answers of a tenant, a whole number from 1; the one that was used longest ago makes room.
   *
   * @defaultValue 10,000
   */
  readonly maxCacheEntries?: number;
  /**
   * The most events of ended streams of a tenant, a whole number from 1; the stream that ended longest ago makes room, whole. Each
   * counts as one event besides. The one that ended last always stays, and so do those that go on.
   *
   * @defaultValue 100,000
   */
  readonly maxStreamEvents?: number;
}

const MAX_CACHE_ENTRIES = 10_000;
const MAX_STREAM_EVENTS = 100_000;

/**
 * A storage in the memory of this process: for tests, scripts and single processes that may forget.
 *
 * Records are frozen copies: neither the caller who wrote one nor the caller who read one can change what is stored.
 * Transactions of one tenant run one after the other, so a transaction must not wait for another one.
 *
 * @throws RangeError when `maxCacheEntries` or `maxStreamEvents` is not a whole number from 1.
 */
export function memoryStorage({
  clock = systemClock,
  createId = createSortableIds(clock),
  maxCacheEntries = MAX_CACHE_ENTRIES,
  maxStreamEvents = MAX_STREAM_EVENTS,
}: MemoryStorageOptions = {}): Storage {
  for (const [option, value] of Object.entries({ maxCacheEntries, maxStreamEvents })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`${option} must be a whole number from 1, got ${value}`);
  }
  const tenants = new Map<string, TenantStorage>();
  const flows = new Map<string, FlowTable>();
  const notices = new MemoryStreamNotices();
  let closed = false;

  const admit = (store: string, call: CallOptions | undefined): void => {
    call?.signal?.throwIfAborted();
    if (closed) throw closedStore(store, "The storage");
  };

  const { queue, due, close } = createMemoryFlowQueue(clock, admit, (tenant) => flows.get(tenant));

  return {
    port: "storage/1",
    supports: { durable: false, shared: false },
    queue,
    notices,
    tenant(id) {
      checkTenant(id);
      let tenant = tenants.get(id);
      if (tenant === undefined) {
        const tables = createTenantTables(id, { maxCacheEntries, maxStreamEvents }, due);
        const tellStream = (stream: string) => notices.tell(id, stream);
        tenant = createTenantStorage(id, tables, { clock, createId, admit, tellStream });
        tenants.set(id, tenant);
        flows.set(id, tables.flows);
      }
      return tenant;
    },
    async migrate(call) {
      admit("storage", call);
    },
    async ping(call) {
      admit("storage", call);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      close();
      notices.close();
      tenants.clear();
      flows.clear();
    },
  };
}

function createStores(tenant: string, context: StoreContext): TenantStores {
  return {
    tenant,
    leads: createMemoryLeadStore(context),
    runs: createMemoryRunStore(context),
    steps: createMemoryStepStore(context),
    modelCalls: createMemoryModelCallStore(context),
    results: createMemoryResultStore(context),
    messages: createMemoryMessageStore(context),
    audit: createMemoryAuditStore(context),
    usage: createMemoryUsageStore(context),
    imports: createMemoryImportStore(context),
    budgets: createMemoryBudgetStore(context),
    cache: createMemoryCacheStore(context),
    breakers: createMemoryBreakerStore(context),
    vectors: createMemoryVectorStore(context),
    flows: createMemoryFlowStore(context),
    effects: createMemoryEffectStore(context),
    approvals: createMemoryApprovalStore(context),
    facts: createMemoryFactStore(context),
    workflows: createMemoryWorkflowStore(context),
    records: createMemoryRecordStore(context),
    links: createMemoryLinkStore(context),
    syncCursors: createMemorySyncCursorStore(context),
    syncRuns: createMemorySyncRunStore(context),
    conflicts: createMemoryConflictStore(context),
    deadLetters: createMemoryDeadLetterStore(context),
    inbox: createMemoryInboxStore(context),
    rateBudgets: createMemoryRateBudgetStore(context),
    leases: createMemoryLeaseStore(context),
    credentials: createMemoryCredentialStore(context),
    streams: createMemoryStreamStore(context),
    apiKeys: createMemoryApiKeyStore(context),
  };
}

function createTenantStorage(
  tenant: string,
  tables: TenantTables,
  base: Omit<StoreContext, "rows">,
): TenantStorage {
  const turnstile = new Turnstile();

  /** One try; false when its writes collided. */
  const attempt = async <T>(
    work: (stores: TenantStores) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly value: T } | undefined> => {
    const draft = tables.draft();
    let over = false;
    const admit: StoreContext["admit"] = (store, call) => {
      base.admit(store, call);
      if (over) throw closedStore(store, "The transaction");
    };
    const told = new Set<string>();
    const tellStream = (id: string) => void told.add(id);
    const stores = createStores(tenant, { ...base, rows: draft, admit, tellStream });
    const end = openTransactionEnd(stores);
    try {
      const value = await untilAborted(work(stores), signal);
      base.admit("transaction", { signal });
      const committed = draft.commit();
      over = true;
      end.settle(committed);
      if (!committed) return undefined;
      for (const id of told) base.tellStream(id);
      return { value };
    } finally {
      over = true;
      end.settle(false);
    }
  };

  return {
    ...createStores(tenant, { ...base, rows: tables }),
    erasure: createMemoryErasureStore(tables, base),
    retention: createMemoryRetentionStore(tables, base),
    async transaction(work, call) {
      base.admit("transaction", call);
      return turnstile.run(async () => {
        for (let attempts = 0; attempts < TRANSACTION_ATTEMPTS; attempts++) {
          const outcome = await attempt(work, call?.signal);
          if (outcome !== undefined) return outcome.value;
        }
        throw transactionContended(TRANSACTION_ATTEMPTS);
      }, call?.signal);
    },
  };
}
