import type { CallOptions } from "../call-options.js";
import type { ApiKeyStore } from "./api-key-store.js";
import type { ApprovalStore } from "./approval-store.js";
import type { AuditStore } from "./audit-store.js";
import type { BreakerStore } from "./breaker-store.js";
import type { BudgetStore } from "./budget-store.js";
import type { CacheStore } from "./cache-store.js";
import type { ConflictStore } from "./conflict-store.js";
import type { CredentialStore } from "./credential-store.js";
import type { DeadLetterStore } from "./dead-letter-store.js";
import type { EffectStore } from "./effect-store.js";
import type { ErasureStore } from "./erasure-store.js";
import type { FactStore } from "./fact-store.js";
import type { FlowQueue, FlowStore } from "./flow-store.js";
import type { ImportStore } from "./import-store.js";
import type { InboxStore } from "./inbox-store.js";
import type { LeadStore } from "./lead-store.js";
import type { LeaseStore } from "./lease-store.js";
import type { LinkStore } from "./link-store.js";
import type { MessageStore } from "./message-store.js";
import type { RateBudgetStore } from "./rate-budget-store.js";
import type { RecordStore } from "./record-store.js";
import type { ResultStore } from "./result-store.js";
import type { RetentionStore } from "./retention-store.js";
import type { ModelCallStore, RunStore, StepStore } from "./run-store.js";
import type { StreamNotices, StreamStore } from "./stream-store.js";
import type { SyncCursorStore } from "./sync-cursor-store.js";
import type { SyncRunStore } from "./sync-run-store.js";
import type { UsageStore } from "./usage-store.js";
import type { VectorStore } from "./vector-store.js";
import type { WorkflowStore } from "./workflow-store.js";

/** The stores of one tenant. */
export interface TenantStores {
  readonly tenant: string;
  readonly leads: LeadStore;
  readonly runs: RunStore;
  readonly steps: StepStore;
  readonly modelCalls: ModelCallStore;
  readonly results: ResultStore;
  readonly messages: MessageStore;
  readonly audit: AuditStore;
  readonly usage: UsageStore;
  readonly imports: ImportStore;
  readonly budgets: BudgetStore;
  readonly cache: CacheStore;
  readonly breakers: BreakerStore;
  readonly vectors: VectorStore;
  readonly flows: FlowStore;
  readonly effects: EffectStore;
  readonly approvals: ApprovalStore;
  readonly facts: FactStore;
  readonly workflows: WorkflowStore;
  readonly records: RecordStore;
  readonly links: LinkStore;
  readonly syncCursors: SyncCursorStore;
  readonly syncRuns: SyncRunStore;
  readonly conflicts: ConflictStore;
  readonly deadLetters: DeadLetterStore;
  readonly inbox: InboxStore;
  readonly rateBudgets: RateBudgetStore;
  readonly leases: LeaseStore;
  readonly credentials: CredentialStore;
  readonly streams: StreamStore;
  readonly apiKeys: ApiKeyStore;
}

/** How a transaction runs. */
export interface TransactionOptions extends CallOptions {
  /**
   * `serializable`: as if nobody else wrote meanwhile; where that can't be had, the callback is run again. `read-committed`:
   * enough where nothing is written that depends on what was read; it waits for other writers instead of colliding with
   * them. A storage may give more than is asked for.
   *
   * @defaultValue "serializable"
   */
  readonly isolation?: "serializable" | "read-committed" | undefined;
}

/** The stores of one tenant, and transactions over them. */
export interface TenantStorage extends TenantStores {
  /** What is kept of a person, to be found and erased. */
  readonly erasure: ErasureStore;
  /** What need not be kept any longer, to be dropped. */
  readonly retention: RetentionStore;
  /**
   * Runs `work` in one transaction: all its writes stand, or none when it throws. Only the stores passed in belong to it.
   * The callback may be run again after a serialisation failure, so it acts through the stores alone.
   */
  transaction<T>(work: (stores: TenantStores) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

/** What a storage can do beyond the contract. */
export interface StorageSupports {
  /** What it holds outlives the process. */
  readonly durable: boolean;
  /** Several processes see one state. */
  readonly shared: boolean;
}

/** Everything that is kept. A store cannot be reached without naming a tenant. */
export interface Storage extends AsyncDisposable {
  readonly port: "storage/1";
  readonly supports: StorageSupports;
  /**
   * @param id - 1–200 characters, no control characters.
   * @throws TypeError when the id is not such a text.
   */
  tenant(id: string): TenantStorage;
  /** Runs of graphs that are due, of all tenants: for workers. */
  readonly queue: FlowQueue;
  /** Which streams go on, of all tenants: for whoever follows them. */
  readonly notices: StreamNotices;
  /** Prepares what the stores need, such as tables. Safe to call from many processes at once, and again. */
  migrate(call?: CallOptions): Promise<void>;
  /** Asks whether the storage answers. @throws `store.unavailable` or `store.closed`. */
  ping(call?: CallOptions): Promise<void>;
}
