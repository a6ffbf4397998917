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
import type { Mentions } from "./mentions.js";
export declare function toErasedRun(run: RunRecord, mentions: Mentions): RunRecord;
export declare function toErasedStep(step: StepRecord, mentions: Mentions): StepRecord;
export declare function toErasedResult(result: ResultRecord, mentions: Mentions): ResultRecord;
export declare function toErasedAudit(record: AuditRecord, mentions: Mentions): AuditRecord;
export declare function toErasedImport(record: ImportRecord, mentions: Mentions): ImportRecord;
export declare function toErasedSummary(summary: ThreadSummary, mentions: Mentions): ThreadSummary;
/** It stays as it was settled under its key. */
export declare function toErasedEffect(effect: EffectRecord, mentions: Mentions): EffectRecord;
/** What is left of a run of a graph beside its input, output and progress, which go whole. */
export declare function toErasedFlow<Flow extends Pick<FlowRecord, "id">>(
  flow: Flow,
  mentions: Mentions,
): Flow;
/**
 * One whose arguments are not what was asked for any more can't be used: it is refused where it waits for a decision or for
 * its use.
 *
 * @param instant - ISO 8601 in UTC.
 */
export declare function toErasedApproval(
  approval: ApprovalRecord,
  mentions: Mentions,
  instant: string,
): ApprovalRecord;
/** Its keys that mention the person go; without any other it is kept under `erased:` and its id. */
export declare function toErasedLead(lead: Lead, mentions: Mentions): Lead;
/** A part that changes loses what its vendor wants sent back unchanged: signatures would not fit it any more. */
export declare function toErasedMessage(record: MessageRecord, mentions: Mentions): MessageRecord;
/** Facts that mention a person go whole. */
export declare function isFactAbout(
  { id, subject, text, threadId, data }: FactRecord,
  mentions: Mentions,
): boolean;
/** Cached answers that mention a person go whole. */
export declare function isAnswerAbout({ key, value }: CacheEntry, mentions: Mentions): boolean;
/** Vectors whose item mentions a person go whole. */
export declare function isVectorAbout(
  { id, data }: Pick<VectorItem, "id" | "data">,
  mentions: Mentions,
): boolean;
