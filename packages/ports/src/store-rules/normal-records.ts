import type { LeadDraft, LeadStage } from "../records/lead.js";
import type { AuditRecord } from "../stores/audit-store.js";
import type { ImportRecord } from "../stores/import-store.js";
import type { MessageRecord } from "../stores/message-store.js";
import type { ResultRecord } from "../stores/result-store.js";
import type { ModelCallRecord, RunPatch, RunRecord, StepRecord } from "../stores/run-store.js";
import type { UsageRow } from "../stores/usage-store.js";
import { checkDay, checkId, checkWhole, fromNanoUsd, toInstant, toNanoUsd } from "./field-rules.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const STAGES: ReadonlySet<string> = new Set<LeadStage>([
  "new",
  "qualified",
  "disqualified",
  "contacted",
  "won",
  "lost",
]);

/** A draft with its defaults filled in. */
export interface NormalDraft extends LeadDraft {
  readonly stage: LeadStage;
  readonly custom: NonNullable<LeadDraft["custom"]>;
}

/** The draft as it is stored: frozen, defaults filled in, each key once. */
export function toNormalDraft(field: string, draft: LeadDraft): NormalDraft {
  const { keys, stage = "new", custom = {} } = draft;
  if (!Array.isArray(keys) || keys.length === 0) {
    throw invalidValue("leads", `${field}.keys`, "a lead needs at least one key, such as domain:figma.com");
  }
  if (keys.some((key) => typeof key !== "string" || key === "")) {
    throw invalidValue("leads", `${field}.keys`, "each key is a text that isn't empty");
  }
  if (!STAGES.has(stage))
    throw invalidValue("leads", `${field}.stage`, "it is not one of the stages of a lead");
  return toStorable("leads", field, { ...draft, stage, custom, keys: [...new Set(keys)] });
}

export function toNormalRun(field: string, run: RunRecord): RunRecord {
  checkId("runs", `${field}.id`, run.id);
  return toStorable("runs", field, {
    ...run,
    ...normalOutcome(field, run),
    startedAt: toInstant("runs", `${field}.startedAt`, run.startedAt),
  });
}

export function toNormalPatch(patch: RunPatch): RunPatch {
  return toStorable("runs", "patch", { ...patch, ...normalOutcome("patch", patch) });
}

function normalOutcome(field: string, { finishedAt, costUsd }: RunPatch): RunPatch {
  return {
    ...(finishedAt === undefined ? {} : { finishedAt: toInstant("runs", `${field}.finishedAt`, finishedAt) }),
    ...(costUsd === undefined ? {} : { costUsd: toWholeNanos("runs", `${field}.costUsd`, costUsd) }),
  };
}

/** A cost cut to billionths, which is what every storage keeps. */
function toWholeNanos(store: string, field: string, usd: number): number {
  return fromNanoUsd(toNanoUsd(store, field, usd));
}

export function toNormalStep(field: string, step: StepRecord): StepRecord {
  checkId("steps", `${field}.runId`, step.runId);
  checkWhole("steps", `${field}.index`, step.index);
  return toStorable("steps", field, {
    ...step,
    startedAt: toInstant("steps", `${field}.startedAt`, step.startedAt),
  });
}

export function toNormalModelCall(field: string, call: ModelCallRecord): ModelCallRecord {
  checkId("modelCalls", `${field}.id`, call.id);
  if (call.stepIndex !== undefined) checkWhole("modelCalls", `${field}.stepIndex`, call.stepIndex);
  return toStorable("modelCalls", field, {
    ...call,
    startedAt: toInstant("modelCalls", `${field}.startedAt`, call.startedAt),
    ...(call.costUsd === undefined
      ? {}
      : { costUsd: toWholeNanos("modelCalls", `${field}.costUsd`, call.costUsd) }),
    ...(call.feeUsd === undefined
      ? {}
      : { feeUsd: toWholeNanos("modelCalls", `${field}.feeUsd`, call.feeUsd) }),
  });
}

export function toNormalResult(field: string, result: ResultRecord): ResultRecord {
  checkId("results", `${field}.id`, result.id);
  checkId("results", `${field}.leadId`, result.leadId);
  return toStorable("results", field, {
    ...result,
    createdAt: toInstant("results", `${field}.createdAt`, result.createdAt),
  });
}

/** A message before it has its place in a thread. */
export type UnplacedMessage = Omit<MessageRecord, "threadId" | "index">;

export function toNormalMessage(field: string, message: UnplacedMessage): UnplacedMessage {
  return toStorable("messages", field, {
    ...message,
    createdAt: toInstant("messages", `${field}.createdAt`, message.createdAt),
  });
}

export function toNormalAudit(field: string, record: AuditRecord): AuditRecord {
  checkId("audit", `${field}.id`, record.id);
  checkId("audit", `${field}.subject`, record.subject);
  return toStorable("audit", field, { ...record, at: toInstant("audit", `${field}.at`, record.at) });
}

export function toNormalImport(record: ImportRecord): ImportRecord {
  checkId("imports", "record.id", record.id);
  for (const count of ["rows", "imported", "duplicates", "rejected"] as const) {
    checkWhole("imports", `record.${count}`, record[count]);
  }
  return toStorable("imports", "record", {
    ...record,
    startedAt: toInstant("imports", "record.startedAt", record.startedAt),
    updatedAt: toInstant("imports", "record.updatedAt", record.updatedAt),
  });
}

/** The counters of a usage row: all that addition adds. */
export const usageCounters = [
  "calls",
  "failedCalls",
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "costNanoUsd",
  "unpricedCalls",
] as const satisfies readonly (keyof UsageRow)[];

/** What tells one sum from another, as one text. */
export function toUsageKey({ day, agent, provider, modelId }: UsageRow): string {
  return JSON.stringify([day, agent, provider, modelId]);
}

/** Checked rows, those of one day, agent and model summed. */
export function toUsageSums(rows: readonly UsageRow[]): ReadonlyMap<string, UsageRow> {
  const sums = new Map<string, UsageRow>();
  rows.forEach((row, index) => {
    const field = `rows[${index}]`;
    checkDay("usage", `${field}.day`, row.day);
    for (const name of ["agent", "provider", "modelId"] as const)
      checkId("usage", `${field}.${name}`, row[name]);
    for (const counter of usageCounters) checkWhole("usage", `${field}.${counter}`, row[counter]);
    const key = toUsageKey(row);
    const before = sums.get(key);
    const added = toStorable("usage", field, row);
    sums.set(key, before === undefined ? added : addUsage(before, added));
  });
  return sums;
}

/** The sum of two rows of one day, agent and model. */
export function addUsage(left: UsageRow, right: UsageRow): UsageRow {
  const sums = Object.fromEntries(usageCounters.map((counter) => [counter, left[counter] + right[counter]]));
  return Object.freeze({ ...left, ...sums });
}

/** The order of a list of usage: by day, agent, provider and model, each by code unit. */
export function compareUsage(left: UsageRow, right: UsageRow): number {
  for (const field of ["day", "agent", "provider", "modelId"] as const) {
    if (left[field] !== right[field]) return left[field] < right[field] ? -1 : 1;
  }
  return 0;
}
