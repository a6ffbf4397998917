import type { JsonObject, JsonValue } from "../json.js";
import type { Lead } from "../records/lead.js";
import type { ApprovalRecord } from "../stores/approval-store.js";
import type { AuditRecord } from "../stores/audit-store.js";
import type { CacheEntry } from "../stores/cache-store.js";
import type { EffectRecord } from "../stores/effect-store.js";
import type { FactRecord } from "../stores/fact-store.js";
import type { FlowRecord } from "../stores/flow-store.js";
import type { ImportRecord } from "../stores/import-store.js";
import type { MessageRecord, ThreadSummary } from "../stores/message-store.js";
import type { ResultRecord } from "../stores/result-store.js";
import type { RunRecord, StepRecord } from "../stores/run-store.js";
import type { VectorItem } from "../stores/vector-store.js";
import { withoutMentions } from "./erased-fields.js";
import type { Mentions } from "./mentions.js";
import type { NormalPerson } from "./person-rules.js";

/*
 * Each of these gives back the very record where it has nothing to erase. Ids, keys and hashes stay, and so does what the host's
 * own code names: agents, tools, states, times.
 */

export function toErasedRun(run: RunRecord, mentions: Mentions): RunRecord {
  return withoutMentions(run, mentions, { data: ["threadId", "input", "output"], parts: ["error"] });
}

export function toErasedStep(step: StepRecord, mentions: Mentions): StepRecord {
  return withoutMentions(step, mentions, { data: ["input", "output"], parts: ["error"] });
}

export function toErasedResult(result: ResultRecord, mentions: Mentions): ResultRecord {
  return withoutMentions(result, mentions, { parts: ["data"] });
}

export function toErasedAudit(record: AuditRecord, mentions: Mentions): AuditRecord {
  return withoutMentions(record, mentions, { data: ["actor", "subject", "facts"] });
}

export function toErasedImport(record: ImportRecord, mentions: Mentions): ImportRecord {
  return withoutMentions(record, mentions, { data: ["source", "position"] });
}

export function toErasedSummary(summary: ThreadSummary, mentions: Mentions): ThreadSummary {
  return withoutMentions(summary, mentions, { data: ["text"] });
}

/** It stays as it was settled under its key. */
export function toErasedEffect(effect: EffectRecord, mentions: Mentions): EffectRecord {
  return withoutMentions(effect, mentions, { data: ["target", "input", "result"], parts: ["error"] });
}

/** What is left of a run of a graph beside its input, output and progress, which go whole. */
export function toErasedFlow<Flow extends Pick<FlowRecord, "id">>(flow: Flow, mentions: Mentions): Flow {
  return withoutMentions(flow, mentions, { data: ["threadId"], parts: ["error", "stop"] });
}

/**
 * One whose arguments are not what was asked for any more can't be used: it is refused where it waits for a decision or for
 * its use.
 *
 * @param instant - ISO 8601 in UTC.
 */
export function toErasedApproval(
  approval: ApprovalRecord,
  mentions: Mentions,
  instant: string,
): ApprovalRecord {
  const rest = withoutMentions(approval, mentions, {
    data: ["arguments", "editedArguments", "reason", "decidedBy"],
  });
  const isOpen = approval.status === "pending" || approval.status === "approved";
  const isChanged =
    rest.arguments !== approval.arguments || rest.editedArguments !== approval.editedArguments;
  if (!isOpen || !isChanged || approval.expiresAt <= instant) return rest;
  const refusal = { status: "refused" as const, decidedBy: "erasure", decidedAt: instant };
  return Object.freeze({ ...rest, ...refusal, reason: "What it asks for was erased." });
}

/** Its keys that mention the person go; without any other it is kept under `erased:` and its id. */
export function toErasedLead(lead: Lead, mentions: Mentions): Lead {
  const rest = withoutMentions(lead, mentions, { data: ["source", "custom"], parts: ["company", "contact"] });
  const keys = lead.keys.filter((key) => !mentions.isIn(key));
  if (keys.length === lead.keys.length) return rest;
  return Object.freeze({ ...rest, keys: Object.freeze(keys.length > 0 ? keys : [`erased:${lead.id}`]) });
}

/** A part that changes loses what its vendor wants sent back unchanged: signatures would not fit it any more. */
export function toErasedMessage(record: MessageRecord, mentions: Mentions): MessageRecord {
  const { message } = record;
  const parts = message.parts.map((part) => {
    const changed = withoutMentions(part, mentions, {
      data: ["text", "input", "output", "providerData"],
      parts: ["data"],
    });
    if (changed === part || !("providerData" in changed)) return changed;
    const { providerData: _signed, ...unsigned } = changed;
    return Object.freeze(unsigned);
  });
  if (parts.every((part, index) => part === message.parts[index])) return record;
  // the parts are those of the same message, but for their texts
  const rest = { ...message, parts: Object.freeze(parts) } as MessageRecord["message"];
  return Object.freeze({ ...record, message: Object.freeze(rest) });
}

/** Facts that mention a person, or are filed under them or one of their threads, go whole. */
export function isFactAbout(
  { id, subject, text, threadId, data }: FactRecord,
  { mentions, isTheirSubject, isTheirThread }: NormalPerson,
): boolean {
  if (isTheirSubject(subject) || isTheirThread(threadId)) return true;
  return mentions.isIn([id, subject, text, data ?? null]);
}

/** Cached answers that mention a person go whole. */
export function isAnswerAbout({ key, value }: CacheEntry, mentions: Mentions): boolean {
  return mentions.isIn([key, value]);
}

/** Vectors whose item mentions a person, or names them or one of their threads as a fact does, go whole. */
export function isVectorAbout(
  { id, data }: Pick<VectorItem, "id" | "data">,
  { mentions, isTheirSubject, isTheirThread }: NormalPerson,
): boolean {
  const isTheirs = isTheirSubject(textIn(data, "subject")) || isTheirThread(textIn(data, "threadId"));
  return isTheirs || mentions.isIn([id, data]);
}

function textIn(data: JsonValue, field: string): string | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const value = (data as JsonObject)[field];
  return typeof value === "string" ? value : undefined;
}
