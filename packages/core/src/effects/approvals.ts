import {
  type ApprovalRecord,
  type ApprovalStatus,
  type CallOptions,
  type Clock,
  createSortableIds,
  type ErrorFacts,
  type JsonValue,
  type Page,
  type PageRequest,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import { auditRecord, MAX_ID_CHARS } from "./effect-audit.js";
import type { EffectStorage, EffectStores } from "./effect-storage.js";

/** Why an approval can't be decided or used. */
export type ApprovalProblem = ErrorFacts["approval.invalid"]["problem"];

export interface ApprovalsOptions {
  readonly storage: EffectStorage;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of audit records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** A person's word. */
export interface ApprovalDecision extends CallOptions {
  readonly tenant: string;
  /** Who decides: a person that the host has identified, such as `user:42`. Never a client's own claim, never an agent. */
  readonly by: string;
  readonly reason?: string | undefined;
}

/** Something that persons are asked and that is no call of a tool, such as a step of a workflow. */
export interface ApprovalQuestion extends CallOptions {
  readonly tenant: string;
  /** Letters, digits, `_` and `-`. The same for the same question: it is asked once. */
  readonly id: string;
  /** Who asks, such as `workflow:outreach`. */
  readonly agent: string;
  /** What it is about, such as the step's name. */
  readonly tool: string;
  readonly runId: string;
  /** Tells the question apart in its run. */
  readonly callId: string;
  /** What persons are shown; they may edit it. */
  readonly arguments: JsonValue;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** What persons see and decide. */
export interface Approvals {
  /** Puts a question to persons. @returns The record that stands, with what was decided. */
  request(question: ApprovalQuestion): Promise<ApprovalRecord>;
  /**
   * For whoever was told that something is decided: looks it up, and believes nothing else.
   *
   * @returns The record, where a person has decided. Nothing where nobody has, and then the attempt is audited.
   */
  verify(id: string, options: CallOptions & { readonly tenant: string }): Promise<ApprovalRecord | undefined>;
  /** Latest request first. */
  list(
    filter: {
      readonly tenant: string;
      readonly status?: ApprovalStatus | undefined;
      readonly runId?: string | undefined;
    },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<ApprovalRecord>>;
  get(id: string, options: CallOptions & { readonly tenant: string }): Promise<ApprovalRecord | undefined>;
  /**
   * Allows one call, once. A durable run that waits for it goes on.
   *
   * @param decision.editedArguments - What shall run instead; checked by the tool's schema before it does.
   * @throws `approval.invalid` when it is unknown to this tenant, expired, decided already, or decided by nobody.
   */
  approve(
    id: string,
    decision: ApprovalDecision & { readonly editedArguments?: JsonValue | undefined },
  ): Promise<ApprovalRecord>;
  /** Forbids one call. @throws As `approve`. */
  refuse(id: string, decision: ApprovalDecision & { readonly reason: string }): Promise<ApprovalRecord>;
}

/** Lists approvals and lets persons decide them. Every decision, and every attempt at one that is not valid, is audited. */
export function createApprovals({
  storage,
  clock = systemClock,
  createId = createSortableIds(clock),
}: ApprovalsOptions): Approvals {
  const decide = async (
    id: string,
    { tenant, by, reason, signal }: ApprovalDecision,
    verdict: Verdict,
  ): Promise<ApprovalRecord> => {
    const call = { signal };
    const outcome = await storage.tenant(tenant).transaction(async (stores) => {
      const decision = { ...verdict, by, ...(reason === undefined ? {} : { reason }) };
      const decided = isPerson(by) ? await decideOnce(stores, id, decision, call) : "nobody";
      const audit = decisionAudit(id, decided, { wanted: verdict.status, by });
      await stores.audit.addMany([auditRecord({ createId, clock }, audit)], call);
      if (typeof decided !== "string") await wake(stores, decided, call);
      return decided;
    }, call);
    if (typeof outcome === "string") throw invalidApproval(id, outcome);
    return outcome;
  };

  return {
    async request({ tenant, signal, arguments: shown, ...question }) {
      const argumentsHash = await hashArguments(shown);
      const requestedAt = new Date(clock.now()).toISOString();
      const asked = { ...question, arguments: shown, argumentsHash, requestedAt };
      return storage.tenant(tenant).approvals.request(asked, { signal });
    },
    async verify(id, { tenant, signal }) {
      const { approvals, audit } = storage.tenant(tenant);
      const standing = isId(id) ? await approvals.get(id, { signal }) : undefined;
      if (standing?.decidedBy !== undefined) return standing;
      const problem = standing ? "nobody" : "unknown";
      const told = { actor: "nobody", subject: `approval:${id}`, action: "approval-rejected" };
      const { runId } = standing ?? {};
      const facts = { problem, wanted: "answered" };
      await audit.addMany(
        [auditRecord({ createId, clock }, { ...told, ...(runId !== undefined && { runId }), facts })],
        { signal },
      );
      return undefined;
    },
    async list({ tenant, status, runId }, page, call) {
      const filter = { ...(status && { status }), ...(runId !== undefined && { runId }) };
      return storage.tenant(tenant).approvals.list(filter, page, call);
    },
    async get(id, { tenant, signal }) {
      return isId(id) ? storage.tenant(tenant).approvals.get(id, { signal }) : undefined;
    },
    async approve(id, { editedArguments, ...decision }) {
      if (editedArguments === undefined) return decide(id, decision, { status: "approved" });
      const editedArgumentsHash = await hashArguments(editedArguments);
      return decide(id, decision, { status: "approved", editedArguments, editedArgumentsHash });
    },
    async refuse(id, decision) {
      return decide(id, decision, { status: "refused" });
    },
  };
}

interface Verdict {
  readonly status: "approved" | "refused";
  readonly editedArguments?: JsonValue;
  readonly editedArgumentsHash?: string;
}

/** The event that a run waits for whose approval is pending; it is delivered with the decision. */
export const approvalEvent = (id: string): string => `approval:${id}`;

/** In the decision's own transaction: a run that waits for it can't miss it. */
async function wake(
  { flows }: EffectStores,
  { id, runId, status }: ApprovalRecord,
  call: CallOptions,
): Promise<void> {
  if (runId !== undefined)
    await flows.deliver(runId, { name: approvalEvent(id), payload: { approvalId: id, status } }, call);
}

/** The record, or why it can't be decided. */
async function decideOnce(
  stores: EffectStores,
  id: string,
  decision: Verdict & { readonly by: string; readonly reason?: string },
  call: CallOptions,
): Promise<ApprovalRecord | ApprovalProblem> {
  if (!isId(id)) return "unknown";
  const standing = await stores.approvals.get(id, call);
  if (!standing) return "unknown";
  if (standing.status !== "pending") return problemOf(standing.status);
  return (await stores.approvals.decide(id, decision, call)) ?? "decided";
}

function decisionAudit(
  id: string,
  decided: ApprovalRecord | ApprovalProblem,
  { wanted, by }: { readonly wanted: Verdict["status"]; readonly by: unknown },
) {
  const told = { actor: isPerson(by) ? by : "nobody", subject: `approval:${id}` };
  if (typeof decided === "string") {
    return { ...told, action: "approval-rejected", facts: { problem: decided, wanted } };
  }
  return { ...told, action: `approval-${wanted}`, runId: decided.runId, facts: hashesOf(decided) };
}

function problemOf(status: Exclude<ApprovalStatus, "pending">): ApprovalProblem {
  return status === "expired" || status === "used" ? status : "decided";
}

/** The SHA-256 of arguments in their canonical form, base64url. */
export function hashArguments(given: JsonValue): Promise<string> {
  return sha256Base64Url(canonicalJson(given) ?? "null");
}

export function hashesOf({ tool, argumentsHash, editedArgumentsHash }: ApprovalRecord) {
  return { tool, argumentsHash, ...(editedArgumentsHash === undefined ? {} : { editedArgumentsHash }) };
}

/** Agents don't decide for themselves. */
export function isPerson(by: unknown): by is string {
  return typeof by === "string" && by.trim() !== "" && !by.startsWith("agent:");
}

/** Ids of clients may be anything; what can't be one of ours is not looked for. */
function isId(id: unknown): id is string {
  return typeof id === "string" && id.length <= MAX_ID_CHARS && /^[\w-]+$/.test(id);
}

const WHY: Readonly<Record<ApprovalProblem, string>> = {
  unknown: "there is none of this id for this tenant",
  expired: "it has expired",
  used: "it was used already",
  decided: "it was decided already",
  refused: "a person refused it",
  "other-arguments": "it was given for another call or other arguments",
  nobody: "whoever decides has to be an identified person",
};

export function invalidApproval(
  approvalId: string,
  problem: ApprovalProblem,
  said?: string,
): SalesAgentError<"approval.invalid"> {
  const words = said === undefined ? "" : ` (${said})`;
  return new SalesAgentError("approval.invalid", {
    message: `The approval ${String(approvalId).slice(0, 100)} can't be used: ${WHY[problem]}${words}. Nothing was done.`,
    facts: { approvalId: String(approvalId).slice(0, MAX_ID_CHARS), problem },
    replay: "safe",
  });
}
