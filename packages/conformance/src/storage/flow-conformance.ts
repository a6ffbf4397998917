import type { Runner } from "../runner.js";
import { approvalStoreConformance } from "./approval-store-conformance.js";
import { effectOutcomeConformance } from "./effect-outcome-conformance.js";
import { effectStoreConformance } from "./effect-store-conformance.js";
import { flowCommitConformance } from "./flow-commit-conformance.js";
import { flowEventConformance } from "./flow-event-conformance.js";
import { flowFenceConformance } from "./flow-fence-conformance.js";
import { flowLifecycleConformance } from "./flow-lifecycle-conformance.js";
import { flowOverlapConformance } from "./flow-overlap-conformance.js";
import { flowQueueConformance } from "./flow-queue-conformance.js";
import { flowStoreConformance } from "./flow-store-conformance.js";
import type { FlowStorage } from "./flow-suite.js";
import { flowTransactionConformance } from "./flow-transaction-conformance.js";
import { flowWaitConformance } from "./flow-wait-conformance.js";

export interface FlowConformanceOptions {
  /** How long a case waits for a queue to wake, in milliseconds. @defaultValue 5_000 */
  readonly patienceMs?: number;
}

/**
 * Defines the cases that the stores of durable runs, effects and approvals must pass.
 *
 * @param runner - Such as `{ describe, it, expect }` of Vitest.
 * @param open - Gives a fresh, migrated, empty storage; called once in each case, which closes it.
 */
export function flowConformance(
  { describe, it, expect }: Runner,
  open: () => Promise<FlowStorage>,
  { patienceMs = 5000 }: FlowConformanceOptions = {},
): void {
  describe("durable runs", () => {
    flowParts({ describe, it, expect, open, patienceMs });
  });
}

/** All the parts of the suite. */
export function flowParts(suite: Parameters<typeof flowStoreConformance>[0]): void {
  flowStoreConformance(suite);
  flowQueueConformance(suite);
  flowCommitConformance(suite);
  flowFenceConformance(suite);
  flowEventConformance(suite);
  flowWaitConformance(suite);
  flowOverlapConformance(suite);
  effectStoreConformance(suite);
  effectOutcomeConformance(suite);
  approvalStoreConformance(suite);
  flowTransactionConformance(suite);
  flowLifecycleConformance(suite);
}
