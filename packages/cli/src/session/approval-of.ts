import type { WaitFor } from "@salesagent/core/graph";
import type { ApprovalRecord, JsonObject, JsonValue } from "@salesagent/ports";
import type { GraphAgent } from "../agents/agent-entry.js";
import { UsageError } from "../command/usage-error.js";
import type { StoreSession } from "./open-session.js";

const EVENT = "approval:";

/** The approval that a wait waits for; nothing where it waits for something else. */
export function approvalIdOf({ kind, name }: WaitFor): string | undefined {
  return kind !== "sleep" && name.startsWith(EVENT) ? name.slice(EVENT.length) : undefined;
}

/** A person's word. */
export interface Decision {
  readonly by: string;
  /** Absent: it is allowed. */
  readonly refusal?: string | undefined;
  /** What the person changed; over what was asked for, field by field. */
  readonly edit?: JsonObject | undefined;
}

/**
 * Decides; the ledger wakes the run with it.
 *
 * @param agent - The agent that asked, where it is one of ours: it checks an edit before anything is decided.
 * @throws `approval.invalid`; UsageError for an edit that does not fit.
 */
export async function decide(
  store: Pick<StoreSession, "approvals" | "tenant">,
  approval: ApprovalRecord,
  { by, refusal, edit }: Decision,
  { agent, signal }: { readonly agent: GraphAgent | undefined; readonly signal: AbortSignal },
): Promise<ApprovalRecord> {
  const { approvals, tenant } = store;
  const { id } = approval;
  try {
    if (refusal !== undefined) return await approvals.refuse(id, { tenant, by, reason: refusal, signal });
    const editedArguments = edit && edited(approval, edit);
    const leave = { tenant, by, signal, ...(editedArguments && { editedArguments }) };
    return await (agent?.approve ? agent.approve(id, leave) : approvals.approve(id, leave));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function edited({ arguments: asked, tool }: ApprovalRecord, edit: JsonObject): JsonValue {
  if (typeof asked !== "object" || asked === null || Array.isArray(asked)) {
    throw new UsageError(`What ${tool} asks for has no fields that could be edited.`);
  }
  const known = Object.keys(asked);
  const strange = Object.keys(edit).find((field) => !known.includes(field));
  if (strange === undefined) return { ...asked, ...edit };
  throw new UsageError(`There is no "${strange}" to edit; there is ${known.join(", ")}.`);
}
