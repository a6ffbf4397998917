import type {
  ApprovalRecord,
  AuditRecord,
  Clock,
  EventBus,
  JsonObject,
  JsonValue,
  ModelAttempt,
  ModelCallRecord,
  ModelTimeouts,
  ResultRecord,
  RunRecord,
  SalesEventName,
  SalesEvents,
  StepRecord,
  TenantStores,
  Usage,
} from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";
import type { Budgets } from "../budget/budgets.js";
import { isCost, toModelCall } from "../budget/model-call-record.js";
import type { EffectScope, Effects } from "../effects/index.js";
import { toRecord } from "../kernel/to-record.js";
import type { SessionMemory } from "../memory/index.js";
import { addUsage } from "../model/add-usage.js";
import type { SpendCap } from "../model/spend-cap.js";
import type { Span, Telemetry } from "../telemetry/telemetry.js";
import type { WriteGuard } from "../tools/write-guard.js";
import { LoopMemory, type PartMemory, withinPart } from "./loop-memory.js";
import type { RecordWriter, RunRecords } from "./record-writer.js";
import type { RunEnd, RunSummary } from "./run-event.js";
import { runWriteGuard } from "./run-write-guard.js";

/** What a run is made of. */
export interface RunContextInit {
  readonly runId: string;
  readonly agent: string;
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly input: JsonValue;
  readonly leadId?: string | undefined;
  readonly campaignId?: string | undefined;
  readonly threadId?: string | undefined;
  readonly memory?: SessionMemory | undefined;
  /** What the run is about, for its memory. @defaultValue the lead */
  readonly subjects?: readonly string[] | undefined;
  readonly parentRunId?: string | undefined;
  readonly stores: TenantStores | undefined;
  readonly writer: RecordWriter | undefined;
  readonly events: EventBus | undefined;
  readonly telemetry: Telemetry;
  readonly span: Span;
  readonly spendCap: SpendCap | undefined;
  readonly budgets?: Budgets | undefined;
  /** The kind of work, for routers that choose by it. */
  readonly task?: string | undefined;
  readonly timeouts: ModelTimeouts | undefined;
  readonly delivery: "streamed" | "whole";
  readonly effects?: Effects | undefined;
  /** What effects are named by. @defaultValue the run */
  readonly effectScope?: EffectScope | undefined;
  readonly parts?: PartMemory | undefined;
  readonly onApprovalRequired?: ((approval: ApprovalRecord) => unknown) | undefined;
}

/** A step's record, less what the context knows. */
export type StepNote = Omit<StepRecord, "runId" | "index">;

/** What an event tells besides the run that it is about, which the context knows. */
export type EventFacts<Name extends SalesEventName> = Omit<
  SalesEvents[Name],
  "tenant" | "at" | "runId" | "agent"
>;

/** One run from the inside: what it may use, and what it leaves on record. */
export class RunContext {
  readonly init: RunContextInit;
  /** What tools that write run through, where the agent has an effect ledger. */
  readonly writeGuard: WriteGuard | undefined;
  readonly startedAtMs: number;
  readonly #startedMs: number;
  #steps: StepRecord[] = [];
  #modelCalls: ModelCallRecord[] = [];
  #results: ResultRecord[] = [];
  #audit: AuditRecord[] = [];
  #stepCount = 0;
  #modelCallCount = 0;
  #toolCallCount = 0;
  #usage: Usage = {};
  #costNano = 0;
  #unpriced = false;
  #engine: string | undefined;
  readonly #parts = new Map<string, number>();
  #children = 0;
  #loops = 0;

  constructor(init: RunContextInit) {
    this.init = init;
    this.startedAtMs = init.clock.now();
    this.#startedMs = init.clock.elapsed();
    this.writeGuard = runWriteGuard(init, (told) => this.emit("approval-requested", told));
  }

  /** What the effects of a part of this run are named by, where this run's own are named by something that lasts. */
  effectScopeOf(part: string): EffectScope | undefined {
    const { effectScope } = this.init;
    if (!effectScope) return undefined;
    const number = (this.#parts.get(part) ?? 0) + 1;
    this.#parts.set(part, number);
    return { runId: effectScope.runId, step: `${effectScope.step}/${part}:${number}` };
  }

  /** What another agent remembers that runs as a part of this one. */
  partsOf(part: string): PartMemory | undefined {
    const { parts } = this.init;
    return parts && withinPart(parts, `${part}-${this.#children++}`);
  }

  /** What the next loop of this run remembers, where anything does. */
  loopMemory(): LoopMemory | undefined {
    const { parts } = this.init;
    return parts && new LoopMemory(parts, this.#loops++, this.writeGuard?.slots);
  }

  get runId(): string {
    return this.init.runId;
  }

  get tenant(): string {
    return this.init.tenant;
  }

  get signal(): AbortSignal {
    return this.init.signal;
  }

  get clock(): Clock {
    return this.init.clock;
  }

  /** The tenant's stores, where the agent has a storage. */
  get stores(): TenantStores | undefined {
    return this.init.stores;
  }

  /** Index of the step that is noted next. */
  get nextStep(): number {
    return this.#stepCount;
  }

  /** Says what produces the output, such as `rules`, for the run's record. */
  setEngine(engine: string): void {
    this.#engine = engine;
  }

  /** The present as ISO 8601 in UTC. */
  nowIso(): string {
    return new Date(this.clock.now()).toISOString();
  }

  noteStep(step: StepNote): void {
    const index = this.#stepCount++;
    if (this.init.writer) this.#steps.push({ ...toRecord(step), runId: this.runId, index });
    if (step.kind === "tool") this.#toolCallCount++;
    this.emit("run-step", { index, kind: step.kind, name: step.name });
  }

  /**
   * Puts one try at a model on record, and its cost into the run's.
   *
   * @param startedAt - ISO 8601 in UTC.
   */
  noteAttempt(attempt: ModelAttempt, startedAt: string): void {
    this.#modelCallCount++;
    this.#usage = addUsage(this.#usage, attempt.usage);
    if (isCost(attempt.costUsd)) this.#costNano += toNanoUsd(attempt.costUsd);
    else this.#unpriced = true;
    if (!this.init.writer) return;
    const { agent, leadId, campaignId, createId } = this.init;
    const scope = { runId: this.runId, stepIndex: this.#stepCount, agent, leadId, campaignId };
    this.#modelCalls.push(toModelCall(attempt, { id: createId(), startedAt, scope }));
  }

  /** Keeps a finding about a lead; it is stored with the run's end. */
  noteResult(result: Omit<ResultRecord, "id" | "runId" | "createdAt">): void {
    if (!this.init.writer) return;
    const id = this.init.createId();
    this.#results.push({
      ...result,
      data: toRecord(result.data),
      id,
      runId: this.runId,
      createdAt: this.nowIso(),
    });
  }

  /** Puts a decision or an effect into the audit trail; it is stored with the run's end. */
  logAction(action: string, subject: string, facts: JsonObject): void {
    const { createId, agent, writer } = this.init;
    if (!writer) return;
    const actor = `agent:${agent}`;
    const at = this.nowIso();
    this.#audit.push({
      id: createId(),
      at,
      actor,
      action,
      subject,
      runId: this.runId,
      facts: toRecord(facts),
    });
  }

  /** Tells the app's bus, which can't break the run. */
  emit<Name extends SalesEventName>(name: Name, facts: EventFacts<Name>): void {
    const { events, tenant, runId, agent } = this.init;
    if (!events) return;
    try {
      events.emit(name, { ...facts, tenant, runId, agent, at: this.nowIso() } as SalesEvents[Name]);
    } catch {
      // A bus of the host's own that throws is for watching all the same.
    }
  }

  summary(): RunSummary {
    return {
      runId: this.runId,
      usage: this.#usage,
      ...(this.#unpriced ? {} : { costUsd: fromNanoUsd(this.#costNano) }),
      modelCalls: this.#modelCallCount,
      toolCalls: this.#toolCallCount,
      latencyMs: this.clock.elapsed() - this.#startedMs,
    };
  }

  /** Puts the run on record as running. */
  async writeStart(): Promise<void> {
    await this.init.writer?.write(this.#takeRecords(this.#record({ status: "running" })));
  }

  /** Writes the run's end and all that it left, in one transaction. */
  async writeEnd(end: RunEnd): Promise<void> {
    const { writer } = this.init;
    if (!writer) return;
    const { usage, costUsd, latencyMs } = this.summary();
    const run: RunRecord = {
      ...this.#record(end),
      ...(this.#engine === undefined ? {} : { engine: this.#engine }),
      usage,
      ...(costUsd === undefined ? {} : { costUsd }),
      finishedAt: this.nowIso(),
      latencyMs,
    };
    const records = this.#takeRecords(run);
    try {
      await writer.write(records);
    } catch (error) {
      // The run will be put on record as failed: what its model calls cost belongs to that record.
      this.#modelCalls.unshift(...records.modelCalls);
      throw error;
    }
  }

  #record(end: Pick<RunRecord, "status" | "output" | "error">): RunRecord {
    const { runId, agent, input, leadId, threadId, parentRunId } = this.init;
    return {
      id: runId,
      agent,
      input: toRecord(input),
      ...toRecord(end),
      ...(leadId === undefined ? {} : { leadId }),
      ...(threadId === undefined ? {} : { threadId }),
      ...(parentRunId === undefined ? {} : { parentRunId }),
      startedAt: new Date(this.startedAtMs).toISOString(),
    };
  }

  #takeRecords(run: RunRecord): RunRecords {
    const records = {
      run,
      steps: this.#steps,
      modelCalls: this.#modelCalls,
      results: this.#results,
      audit: this.#audit,
    };
    this.#steps = [];
    this.#modelCalls = [];
    this.#results = [];
    this.#audit = [];
    return records;
  }
}
