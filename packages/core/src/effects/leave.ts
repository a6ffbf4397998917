import type { ApprovalRecord, CallOptions, JsonValue } from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import { approvalRequired } from "./approval-policy.js";
import { hashArguments, hashesOf, invalidApproval } from "./approvals.js";
import { auditRecord } from "./effect-audit.js";
import type { EffectStores } from "./effect-storage.js";
import type { LedgerContext } from "./ledger-context.js";

/** A call that needs a person's leave. */
export interface LeaveRequest {
  readonly tenant: string;
  readonly runId: string;
  readonly key: string;
  readonly agent: string;
  /** The effect's name. */
  readonly tool: string;
  readonly callId: string;
  readonly arguments: JsonValue;
  readonly expiresInMs: number;
  readonly onApprovalRequired: ((approval: ApprovalRecord) => unknown) | undefined;
  /** Asked before a person is: throws where the effect would be refused anyway. */
  readonly precheck: (stores: EffectStores) => Promise<void>;
}

/** A person's leave for one call. */
export interface Leave {
  readonly approvalId: string;
  /** Of what runs. */
  readonly hash: string;
  /** What runs: the arguments, as a person may have edited them. */
  readonly input: JsonValue;
  /** Whether a person changed the arguments. */
  readonly edited: boolean;
}

/**
 * Finds the leave for a call, or asks for it. Its id follows from the effect's key and the arguments, so that a run which is
 * begun again finds the decision that was made, and no client can name another one.
 *
 * @throws `approval.required` while nobody has decided, `approval.invalid` when it was refused or has expired.
 */
export async function obtainLeave(
  context: LedgerContext,
  request: LeaveRequest,
  call: CallOptions,
): Promise<Leave> {
  const { tenant, key, agent, tool } = request;
  const stores = context.storage.tenant(tenant);
  const argumentsHash = await hashArguments(request.arguments);
  const id = `apr_${await sha256Base64Url(canonicalJson([key, agent, tool, argumentsHash]) ?? "")}`;
  let record = await stores.approvals.get(id, call);
  if (!record) {
    await request.precheck(stores);
    record = await ask(context, { ...request, id, argumentsHash }, call);
  }
  for (let isAsked = true; isAsked && record.status === "pending" && request.onApprovalRequired; ) {
    isAsked = (await request.onApprovalRequired(record)) === "again";
    record = (await stores.approvals.get(id, call)) ?? record;
  }
  const bound = record.argumentsHash === argumentsHash && record.agent === agent && record.tool === tool;
  if (!bound) throw invalidApproval(id, "other-arguments");
  if (record.status === "pending") throw approvalRequired(id, tool);
  if (record.status === "refused") throw invalidApproval(id, "refused", record.reason);
  if (record.status === "expired") throw invalidApproval(id, "expired");
  return toLeave(record);
}

async function toLeave(record: ApprovalRecord): Promise<Leave> {
  const { id, editedArguments, argumentsHash } = record;
  if (editedArguments === undefined) {
    return { approvalId: id, hash: argumentsHash, input: record.arguments, edited: false };
  }
  // Not the stored hash: what runs is what was hashed when a person decided, or it does not run.
  const hash = await hashArguments(editedArguments);
  return { approvalId: id, hash, input: editedArguments, edited: true };
}

/** Puts the request on record, once. */
function ask(
  context: LedgerContext,
  request: LeaveRequest & { readonly id: string; readonly argumentsHash: string },
  call: CallOptions,
): Promise<ApprovalRecord> {
  const { tenant, id, agent, tool, callId, runId, argumentsHash, expiresInMs } = request;
  return context.storage.tenant(tenant).transaction(async (stores) => {
    const standing = await stores.approvals.get(id, call);
    if (standing) return standing;
    const nowMs = context.clock.now();
    const record = await stores.approvals.request(
      {
        ...{ id, agent, tool, callId, runId, argumentsHash, arguments: request.arguments },
        requestedAt: new Date(nowMs).toISOString(),
        expiresAt: new Date(nowMs + expiresInMs).toISOString(),
      },
      call,
    );
    const told = { action: "approval-requested", subject: `approval:${id}`, facts: hashesOf(record) };
    await stores.audit.addMany([auditRecord(context, { actor: `agent:${agent}`, runId, ...told })], call);
    return record;
  }, call);
}

/**
 * Uses a leave up, in the transaction that claims its effect. One that was used for this effect before lets it be tried
 * again: its id is bound to the effect, which the ledger does once.
 *
 * @throws `approval.invalid` when it can't be used.
 */
export async function useLeave(stores: EffectStores, leave: Leave, call: CallOptions): Promise<void> {
  const { approvalId, hash } = leave;
  if (await stores.approvals.use(approvalId, hash, call)) return;
  const standing = await stores.approvals.get(approvalId, call);
  const approvedHash = standing?.editedArgumentsHash ?? standing?.argumentsHash;
  if (!standing) throw invalidApproval(approvalId, "unknown");
  if (approvedHash !== hash) throw invalidApproval(approvalId, "other-arguments");
  if (standing.status === "used") return;
  throw invalidApproval(approvalId, standing.status === "refused" ? "refused" : "expired");
}
