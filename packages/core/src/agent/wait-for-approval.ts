import type { ApprovalRecord } from "@salesagent/ports";
import { approvalEvent } from "../effects/index.js";
import type { NodeContext } from "../graph/index.js";

/** Where the clock of the storage is behind: how long the word that time is over is waited for, in milliseconds. */
const CLOCKS_APART_MS = 1_000;

/**
 * Makes the run of a graph wait for a person, without a process or a timer, as often as its agent needs one. What wakes it is not
 * believed: the stored decision counts, and while there is none it waits on. Whoever decides by `createApprovals` wakes it.
 *
 * @example
 * ```ts
 * agentNode(agent, { input, output, onApprovalRequired: waitForApproval });
 * // an effect in a node of your own
 * effects.run(effect, { ...call, onApprovalRequired: (approval) => waitForApproval(approval, ctx) });
 * ```
 * @returns `"again"`: whoever asks looks the decision up, and asks again while there is none. The waits of a node are told apart by
 *   their order, so one that is over may stand before one that has yet to begin.
 */
export async function waitForApproval(
  { id, tool, expiresAt }: Pick<ApprovalRecord, "id" | "tool" | "expiresAt">,
  context: NodeContext,
): Promise<"again"> {
  const asked = { approvalId: id, tool };
  const word = context.interrupt(asked, { name: approvalEvent(id), until: expiresAt });
  if (word === undefined) await context.sleep(CLOCKS_APART_MS);
  return "again";
}
