import { approvalStoreConformance } from "./approval-store-conformance.js";
import { effectOutcomeConformance } from "./effect-outcome-conformance.js";
import { effectStoreConformance } from "./effect-store-conformance.js";
import { flowCommitConformance } from "./flow-commit-conformance.js";
import { flowEventConformance } from "./flow-event-conformance.js";
import { flowFenceConformance } from "./flow-fence-conformance.js";
import { flowLifecycleConformance } from "./flow-lifecycle-conformance.js";
import { flowOverlapConformance } from "./flow-overlap-conformance.js";
import { flowQueueConformance } from "./flow-queue-conformance.js";
import { flowReopenConformance } from "./flow-reopen-conformance.js";
import { flowStoreConformance } from "./flow-store-conformance.js";
import type { FlowSuite } from "./flow-suite.js";
import { flowTransactionConformance } from "./flow-transaction-conformance.js";
import { flowWaitConformance } from "./flow-wait-conformance.js";

/** Runs of graphs, their queue, effects and approvals. */
export function flowConformance(suite: FlowSuite): void {
  flowStoreConformance(suite);
  flowQueueConformance(suite);
  flowCommitConformance(suite);
  flowFenceConformance(suite);
  flowReopenConformance(suite);
  flowEventConformance(suite);
  flowWaitConformance(suite);
  flowOverlapConformance(suite);
  effectStoreConformance(suite);
  effectOutcomeConformance(suite);
  approvalStoreConformance(suite);
  flowTransactionConformance(suite);
  flowLifecycleConformance(suite);
}
