import type { Storage } from "@salesagent/ports";
import type { Runner } from "../runner.js";
import { auditStoreConformance } from "./audit-store-conformance.js";
import { breakerStoreConformance } from "./breaker-store-conformance.js";
import { budgetOverlapConformance } from "./budget-overlap-conformance.js";
import { budgetReserveConformance } from "./budget-reserve-conformance.js";
import { budgetSettleConformance } from "./budget-settle-conformance.js";
import { cacheStoreConformance } from "./cache-store-conformance.js";
import { erasureConformance } from "./erasure-conformance.js";
import { erasureFlowConformance } from "./erasure-flow-conformance.js";
import { erasureRecordConformance } from "./erasure-record-conformance.js";
import { factStoreConformance } from "./fact-store-conformance.js";
import { flowConformance } from "./flow-conformance.js";
import { importStoreConformance } from "./import-store-conformance.js";
import { knowledgeTransactionConformance } from "./knowledge-transaction-conformance.js";
import { leadChangeConformance } from "./lead-change-conformance.js";
import { leadFindConformance } from "./lead-find-conformance.js";
import { leadListConformance } from "./lead-list-conformance.js";
import { leadStoreConformance } from "./lead-store-conformance.js";
import { lifecycleConformance } from "./lifecycle-conformance.js";
import { messageStoreConformance } from "./message-store-conformance.js";
import { modelCallStoreConformance } from "./model-call-store-conformance.js";
import { resultStoreConformance } from "./result-store-conformance.js";
import { retentionConformance } from "./retention-conformance.js";
import { retentionWorkConformance } from "./retention-work-conformance.js";
import { runPartsConformance } from "./run-parts-conformance.js";
import { runPutConformance } from "./run-put-conformance.js";
import { runStoreConformance } from "./run-store-conformance.js";
import { sharedTransactionConformance } from "./shared-transaction-conformance.js";
import { stepStoreConformance } from "./step-store-conformance.js";
import { streamConformance } from "./stream-conformance.js";
import { syncConformance } from "./sync-conformance.js";
import { tenantConformance } from "./tenant-conformance.js";
import { threadConformance } from "./thread-conformance.js";
import { transactionConformance } from "./transaction-conformance.js";
import { usageStoreConformance } from "./usage-store-conformance.js";
import { valueConformance } from "./value-conformance.js";
import { vectorStoreConformance } from "./vector-store-conformance.js";
import { workflowStoreConformance } from "./workflow-store-conformance.js";

const DEFAULT_PATIENCE_MS = 5000;

export interface StorageConformanceOptions {
  /**
   * Opens what `storage` holds a second time, as another process would; `storage` may be closed. Needed where the storage
   * says that it is shared or durable.
   */
  readonly reopen?: (storage: Storage) => Promise<Storage>;
  /** How long a case waits for a queue to wake, or to be told of a stream, in milliseconds. @defaultValue 5_000 */
  readonly patienceMs?: number;
  /** Whether watches of streams come to be live. @defaultValue true */
  readonly notices?: boolean;
}

/**
 * Defines the cases that every {@link Storage} must pass.
 *
 * @param runner - Such as `{ describe, it, expect }` of Vitest.
 * @param open - Gives a fresh, migrated, empty storage; called at least once in each case, which closes it.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from "vitest";
 * storageConformance({ describe, it, expect }, async () => memoryStorage());
 * ```
 */
export function storageConformance(
  { describe, it, expect }: Runner,
  open: () => Promise<Storage>,
  { reopen, patienceMs = DEFAULT_PATIENCE_MS, notices = true }: StorageConformanceOptions = {},
): void {
  const suite = { describe, it, expect, open };
  describe("storage/1", () => {
    leadStoreConformance(suite);
    leadChangeConformance(suite);
    leadListConformance(suite);
    leadFindConformance(suite);
    runStoreConformance(suite);
    runPutConformance(suite);
    runPartsConformance(suite);
    stepStoreConformance(suite);
    modelCallStoreConformance(suite);
    resultStoreConformance(suite);
    messageStoreConformance(suite);
    threadConformance(suite);
    auditStoreConformance(suite);
    usageStoreConformance(suite);
    importStoreConformance(suite);
    budgetReserveConformance(suite);
    budgetSettleConformance(suite);
    budgetOverlapConformance(suite);
    cacheStoreConformance(suite);
    breakerStoreConformance(suite);
    vectorStoreConformance(suite);
    factStoreConformance(suite);
    workflowStoreConformance(suite);
    flowConformance({ ...suite, patienceMs });
    erasureConformance(suite);
    erasureRecordConformance(suite);
    erasureFlowConformance(suite);
    retentionConformance(suite);
    retentionWorkConformance(suite);
    syncConformance(suite);
    streamConformance({ ...suite, reopen, patienceMs, notices });
    tenantConformance(suite);
    transactionConformance(suite);
    sharedTransactionConformance(suite);
    knowledgeTransactionConformance(suite);
    valueConformance(suite);
    lifecycleConformance({ ...suite, reopen });
  });
}
