import type { ApprovalRecord, Clock } from "@salesagent/ports";
import type { NodeContext } from "../graph/index.js";
import { decidedEvent } from "./escalations.js";

/**
 * Makes a node wait for approvals, one after the other. A node that goes on runs again from its beginning, and its waits are told
 * apart by their order: those that are over are gone through again, whatever they were for, and then a new one begins.
 *
 * @returns What `onApprovalRequired` calls; one for each run of the node.
 */
export function approvalWaits(
  context: NodeContext,
  clock: Clock,
): (approval: ApprovalRecord) => Promise<void> {
  let waits = 0;
  return async ({ id, expiresAt }) => {
    for (let isNew = false; !isNew; ) {
      const timeoutMs = Math.max(0, Date.parse(expiresAt) - clock.now());
      const { waitsFor } = await context.step(`approval-${waits++}`, () => {
        isNew = true;
        return { waitsFor: id };
      });
      await context.waitFor(decidedEvent(waitsFor), { timeoutMs });
    }
  };
}
