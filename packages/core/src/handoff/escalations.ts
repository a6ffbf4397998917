import {
  type ApprovalRecord,
  type AuditRecord,
  type CallOptions,
  type Clock,
  createSortableIds,
  type EventBus,
  type JsonObject,
  type JsonValue,
  type Page,
  type PageRequest,
  type SalesEvents,
  type Storage,
  systemClock,
} from "@salesagent/ports";
import { hashArguments, invalidApproval } from "../effects/approvals.js";
import { createApprovals } from "../effects/index.js";
import { tell } from "../kernel/tell.js";
import { toRecord } from "../kernel/to-record.js";

/** The tool's name that questions to persons have among approvals. */
export const ESCALATION_TOOL = "escalate_to_person";

const WEEK_MS = 7 * 86_400_000;

export interface EscalationsOptions {
  readonly storage: Pick<Storage, "tenant">;
  /** Told of each question as `escalation-requested`. */
  readonly events?: EventBus | undefined;
  /** How long a question stands where it says nothing else, in milliseconds. @defaultValue 604_800_000, seven days */
  readonly expiresInMs?: number | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of audit records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** What a person is asked. */
export interface EscalationQuestion {
  /** Why a person is needed. */
  readonly reason: string;
  /** What has happened so far, and what is asked. */
  readonly summary: string;
  /** A person or a team, as the host names them. */
  readonly to?: string | undefined;
}

/** A question to a person, and what became of it. */
export interface Escalation extends EscalationQuestion {
  readonly id: string;
  readonly agent: string;
  /** The run that waits for the answer. */
  readonly runId?: string;
  readonly status: "pending" | "answered" | "declined" | "expired";
  readonly answer?: JsonValue;
  /** Who answered or declined. */
  readonly by?: string;
  /** Why it was declined. */
  readonly declineReason?: string;
  /** ISO 8601 in UTC. */
  readonly requestedAt: string;
  readonly expiresAt: string;
}

/** A question as it stands now. */
export interface EscalationLook {
  readonly escalation: Escalation;
  /** Milliseconds until its time is over; 0 when it is. */
  readonly leftMs: number;
}

/** A question, and where it is from. */
export interface EscalationRequest extends EscalationQuestion {
  readonly tenant: string;
  /** The same for the same question, however often it is put. */
  readonly id: string;
  readonly agent: string;
  readonly runId: string;
  readonly expiresInMs?: number | undefined;
}

/** A person's word. */
export interface EscalationDecision extends CallOptions {
  readonly tenant: string;
  /** Who answers: a person that the host has identified, such as `user:42`. Never a client's own claim, never an agent. */
  readonly by: string;
}

/** Questions of agents to persons. They stand among the approvals, under the tool `escalate_to_person`. */
export interface Escalations {
  /** Those that wait for an answer, latest first. A page may hold fewer than its limit. */
  list(
    filter: { readonly tenant: string },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<Escalation>>;
  /** Nothing for an id that is unknown, or another tenant's. */
  get(id: string, options: CallOptions & { readonly tenant: string }): Promise<Escalation | undefined>;
  /**
   * Answers one, once; wakes the run that waits.
   *
   * @throws `approval.invalid` when it is unknown to this tenant, expired, answered already, or answered by nobody.
   */
  answer(id: string, decision: EscalationDecision & { readonly answer: JsonValue }): Promise<Escalation>;
  /** Says that nobody will answer it. @throws As `answer`. */
  decline(id: string, decision: EscalationDecision & { readonly reason: string }): Promise<Escalation>;
  /** Puts a question, or finds the one of this id; `escalate` also waits for the answer. */
  request(request: EscalationRequest, call?: CallOptions): Promise<EscalationLook>;
  /** Looks how a question stands. One whose time is over is closed: nobody answers it any more. */
  look(id: string, options: CallOptions & { readonly tenant: string }): Promise<EscalationLook>;
}

/** Keeps questions of agents to persons, and lets persons answer them. Each question and each answer is audited. */
export function createEscalations(options: EscalationsOptions): Escalations {
  const { storage, events, expiresInMs = WEEK_MS, clock = systemClock } = options;
  const { createId = createSortableIds(clock) } = options;
  const approvals = createApprovals({ storage, clock, createId });
  const get: Escalations["get"] = async (id, { tenant, signal }) => {
    const record = await approvals.get(id, { tenant, signal });
    return record?.tool === ESCALATION_TOOL ? toEscalation(record) : undefined;
  };
  const find = async (
    id: string,
    { tenant, signal }: CallOptions & { readonly tenant: string },
  ): Promise<ApprovalRecord> => {
    const record = await approvals.get(id, { tenant, signal });
    if (record?.tool !== ESCALATION_TOOL) throw invalidApproval(id, "unknown");
    return record;
  };
  return {
    get,
    async list({ tenant }, page, call) {
      const { items, ...rest } = await approvals.list({ tenant, status: "pending" }, page, call);
      return { items: items.filter(({ tool }) => tool === ESCALATION_TOOL).map(toEscalation), ...rest };
    },
    async answer(id, { answer, ...decision }) {
      const { arguments: asked } = await find(id, decision);
      const editedArguments = { ...(asked as JsonObject), answer: toRecord(answer) };
      return toEscalation(await approvals.approve(id, { ...decision, editedArguments }));
    },
    async decline(id, decision) {
      await find(id, decision);
      return toEscalation(await approvals.refuse(id, decision));
    },
    async request({ tenant, id, agent, runId, reason, summary, to, ...limits }, { signal } = {}) {
      const asked = toRecord({ reason, summary, ...(to !== undefined && { to }) });
      const argumentsHash = await hashArguments(asked);
      const now = clock.now();
      const { record, isNew } = await storage.tenant(tenant).transaction(async (stores) => {
        const standing = await stores.approvals.get(id, { signal });
        if (standing) return { record: standing, isNew: false };
        const made = await stores.approvals.request({
          ...{ id, agent, tool: ESCALATION_TOOL, callId: id, runId, argumentsHash, arguments: asked },
          requestedAt: new Date(now).toISOString(),
          expiresAt: new Date(now + (limits.expiresInMs ?? expiresInMs)).toISOString(),
        });
        await stores.audit.addMany([requestAudit(made, createId(), now)], { signal });
        return { record: made, isNew: true };
      });
      if (record.tool !== ESCALATION_TOOL) throw invalidApproval(id, "other-arguments");
      const escalation = toEscalation(record);
      if (isNew && events) tell(() => events.emit("escalation-requested", toEvent(tenant, escalation)));
      return toLook(escalation, now);
    },
    async look(id, { tenant, signal }) {
      const look = toLook(toEscalation(await find(id, { tenant, signal })), clock.now());
      if (look.escalation.status !== "pending" || look.leftMs > 0) return look;
      const closing = { status: "refused", by: NOBODY, reason: "Nobody answered in time." } as const;
      // The store's clock may be behind ours: an answer that comes now would reach nobody.
      await storage.tenant(tenant).approvals.decide(id, closing, { signal });
      return { ...look, escalation: toEscalation(await find(id, { tenant, signal })) };
    },
  };
}

/** Stands in the place of a person where time was over. */
const NOBODY = "nobody";

function toLook(escalation: Escalation, now: number): EscalationLook {
  return { escalation, leftMs: Math.max(0, Date.parse(escalation.expiresAt) - now) };
}

function toEvent(
  tenant: string,
  { id: escalationId, agent, runId = "", reason, to, requestedAt: at, expiresAt }: Escalation,
): SalesEvents["escalation-requested"] {
  return { tenant, at, runId, agent, escalationId, reason, expiresAt, ...(to !== undefined && { to }) };
}

function requestAudit(record: ApprovalRecord, id: string, now: number): AuditRecord {
  const { agent, runId, argumentsHash, tool } = record;
  return {
    ...{ id, at: new Date(now).toISOString(), actor: `agent:${agent}`, action: "escalation-requested" },
    subject: `approval:${record.id}`,
    ...(runId === undefined ? {} : { runId }),
    facts: { tool, argumentsHash },
  };
}

function toEscalation(record: ApprovalRecord): Escalation {
  const { id, agent, runId, arguments: asked, requestedAt, expiresAt, decidedBy } = record;
  const { reason = "", summary = "", to } = asked as Partial<Record<string, string>>;
  return {
    ...{ id, agent, reason, summary, requestedAt, expiresAt },
    ...(runId !== undefined && { runId }),
    ...(to !== undefined && { to }),
    ...(decidedBy !== undefined && decidedBy !== NOBODY && { by: decidedBy }),
    ...stateOf(record),
  };
}

function stateOf({
  status,
  decidedBy,
  editedArguments,
  reason,
}: ApprovalRecord): Pick<Escalation, "status" | "answer" | "declineReason"> {
  if (status === "pending") return { status };
  // An answer that was given in time, and is read later, counts.
  if (decidedBy === NOBODY || (status === "expired" && decidedBy === undefined)) return { status: "expired" };
  if (status === "refused") {
    return { status: "declined", ...(reason !== undefined && { declineReason: reason }) };
  }
  return { status: "answered", answer: (editedArguments as JsonObject | undefined)?.["answer"] ?? null };
}
