import { conflictStoreConformance } from "./conflict-store-conformance.js";
import { credentialStoreConformance } from "./credential-store-conformance.js";
import { deadLetterStoreConformance } from "./dead-letter-store-conformance.js";
import { erasureSyncConformance } from "./erasure-sync-conformance.js";
import { inboxStoreConformance } from "./inbox-store-conformance.js";
import { leaseStoreConformance } from "./lease-store-conformance.js";
import { linkClaimConformance } from "./link-claim-conformance.js";
import { linkStoreConformance } from "./link-store-conformance.js";
import { linkedRecordConformance } from "./linked-record-conformance.js";
import { rateBudgetStoreConformance } from "./rate-budget-store-conformance.js";
import { recordChangeConformance } from "./record-change-conformance.js";
import { recordStoreConformance } from "./record-store-conformance.js";
import { retentionSyncConformance } from "./retention-sync-conformance.js";
import type { StorageSuite } from "./storage-suite.js";
import { syncCursorStoreConformance } from "./sync-cursor-store-conformance.js";
import { syncLifecycleConformance } from "./sync-lifecycle-conformance.js";
import { syncRunStoreConformance } from "./sync-run-store-conformance.js";
import { syncTransactionConformance } from "./sync-transaction-conformance.js";

/** What syncs with CRMs stand on. */
export function syncConformance(suite: StorageSuite): void {
  recordStoreConformance(suite);
  recordChangeConformance(suite);
  linkStoreConformance(suite);
  linkClaimConformance(suite);
  linkedRecordConformance(suite);
  syncCursorStoreConformance(suite);
  syncRunStoreConformance(suite);
  conflictStoreConformance(suite);
  deadLetterStoreConformance(suite);
  inboxStoreConformance(suite);
  rateBudgetStoreConformance(suite);
  leaseStoreConformance(suite);
  credentialStoreConformance(suite);
  syncTransactionConformance(suite);
  syncLifecycleConformance(suite);
  erasureSyncConformance(suite);
  retentionSyncConformance(suite);
}
