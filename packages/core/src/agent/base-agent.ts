import {
  type ApprovalRecord,
  type Clock,
  createSortableIds,
  type EventBus,
  type JsonObject,
  type LanguageModel,
  type ModelTimeouts,
  type Storage,
  type StreamControl,
  systemClock,
} from "@salesagent/ports";
import type { Budgets } from "../budget/budgets.js";
import type { EffectScope, Effects } from "../effects/index.js";
import type { SpendCap } from "../model/spend-cap.js";
import { safeTelemetry } from "../telemetry/safe-telemetry.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import type { AnyTool } from "../tools/tool.js";
import { batched, deferred } from "./batched.js";
import type { HandoffQueue, HandoffTicket, QueuedHandoffOptions } from "./handoff-queue.js";
import { RecordWriter } from "./record-writer.js";
import { Run } from "./run.js";
import { RunContext } from "./run-context.js";
import type { RunEnd, RunEvent, WorkEvent } from "./run-event.js";
import { storedError, toJson } from "./stored-form.js";

/** What every agent is made with. */
export interface AgentOptions {
  /** The model that it thinks with. */
  readonly model?: LanguageModel | undefined;
  /** Where runs, steps, model calls, results and the audit trail are kept; nothing is kept without one. */
  readonly storage?: Storage | undefined;
  readonly tools?: readonly AnyTool[] | undefined;
  /** Told what happens, for whoever watches. */
  readonly events?: EventBus | undefined;
  /** @defaultValue none */
  readonly telemetry?: Telemetry | undefined;
  /** Time limits of each model call. */
  readonly timeouts?: ModelTimeouts | undefined;
  /** A cap on spending that all runs of this agent share. */
  readonly spendCap?: SpendCap | undefined;
  /** Caps that hold for each attempt at a model, across processes where their storage is shared. */
  readonly budgets?: Budgets | undefined;
  /** What tools that write run through; without it they are refused. */
  readonly effects?: Effects | undefined;
  /** The kind of work, such as `qualification`, for routers that choose by it. */
  readonly task?: string | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of runs and records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** How one run is made. */
export interface RunOptions {
  /** Whose data this is; every record carries it. */
  readonly tenant: string;
  readonly signal?: AbortSignal | undefined;
  /** The stored lead that the run is about. */
  readonly leadId?: string | undefined;
  /** The campaign that the run is for; budgets count by it, and model calls have it on record. */
  readonly campaignId?: string | undefined;
  readonly threadId?: string | undefined;
  /** The run that began this one. */
  readonly parentRunId?: string | undefined;
  /** The span that this run belongs to, of this process or another, as W3C Trace Context names it. */
  readonly traceparent?: string | undefined;
  /** A cap for this run; wins over the agent's. */
  readonly spendCap?: SpendCap | undefined;
  /** Wins over the agent's, field by field. */
  readonly timeouts?: ModelTimeouts | undefined;
  /** `whole` when nobody reads tokens as they come. @defaultValue "streamed" */
  readonly delivery?: "streamed" | "whole" | undefined;
  /**
   * What the effects of this run are named by: give the same whenever the same work is begun again, such as by a node of a
   * graph, and nothing is done twice. @defaultValue the run, whose id is new
   */
  readonly effectScope?: EffectScope | undefined;
  /**
   * Told of a call that waits for a person, and may wait for the decision. What it throws ends the run as it is.
   *
   * @defaultValue the run ends in `approval.required`
   */
  readonly onApprovalRequired?: ((approval: ApprovalRecord) => unknown) | undefined;
}

/**
 * What all agents share: tools, records, events, limits. A subclass writes `processTask`; its `run` is ready.
 *
 * @typeParam Input - What a run is given. Stored with the run, so plain data.
 * @typeParam Output - What a run ends with. Stored too.
 * @typeParam Own - Events of this kind of agent, besides those that every run has.
 */
export abstract class BaseAgent<Input, Output, Own extends { readonly type: string } = never> {
  /** Such as `qualification`; part of every record. */
  abstract readonly name: string;
  protected readonly model: LanguageModel | undefined;
  protected readonly clock: Clock;
  protected readonly tools = new Map<string, AnyTool>();
  readonly #options: AgentOptions;
  readonly #createId: () => string;
  readonly #telemetry: Telemetry;
  readonly #writers = new Map<string, RecordWriter>();

  constructor(options: AgentOptions = {}) {
    this.#options = options;
    this.#telemetry = safeTelemetry(options.telemetry ?? noTelemetry);
    this.model = options.model;
    this.clock = options.clock ?? systemClock;
    this.#createId = options.createId ?? createSortableIds(this.clock);
    for (const tool of options.tools ?? []) this.registerTool(tool);
  }

  /** Does the work: yields what happens and returns the output. */
  protected abstract processTask(
    input: Input,
    context: RunContext,
  ): AsyncGenerator<WorkEvent | Own, Output, void>;

  /** What the model is told of its task. */
  protected systemPrompt(_input: Input): string {
    return "";
  }

  /** Adds a tool. @throws TypeError when one of this name is there already. */
  registerTool(tool: AnyTool): this {
    if (this.tools.has(tool.name)) throw new TypeError(`tools: two tools are named "${tool.name}"`);
    this.tools.set(tool.name, tool);
    return this;
  }

  /**
   * Prepares a run. Nothing happens before it is read.
   *
   * @throws TypeError when `tenant` is missing.
   */
  run(input: Input, options: RunOptions): Run<Output, RunEvent<Output, Own>> {
    if (typeof options?.tenant !== "string" || options.tenant === "") {
      throw new TypeError("run options.tenant must be a text that is not empty");
    }
    const runId = this.#createId();
    let settled: Promise<void> = Promise.resolve();
    const open = (control: StreamControl) => {
      const { promise, resolve } = deferred();
      settled = promise;
      return batched(this.#work(input, options, runId, control), resolve);
    };
    return new Run(runId, open, () => settled, options.signal);
  }

  /** Begins a run of another agent as part of this one: same tenant, same end, on record as its child. */
  protected handoffTo<I, O, E extends { readonly type: string }>(
    agent: BaseAgent<I, O, E>,
    payload: I,
    context: RunContext,
  ): Run<O, RunEvent<O, E>>;
  /**
   * Hands work to another agent over a queue, and goes on: some process does it, in its time, whatever becomes of this run. A
   * run that is begun again under the same `effectScope` hands nothing over twice.
   *
   * @param agent - The agent, or its name where another process has it.
   * @returns What the work is found by; nothing when work of the same `key` waits or runs.
   * @throws `handoff.unknown_agent`, `handoff.too_deep`, `job.invalid`, and what the storage throws.
   */
  protected handoffTo<I, O, E extends { readonly type: string }>(
    agent: string | BaseAgent<I, O, E>,
    payload: I,
    context: RunContext,
    options: QueuedHandoffOptions & { readonly through: HandoffQueue },
  ): Promise<HandoffTicket | undefined>;
  protected handoffTo<I, O, E extends { readonly type: string }>(
    agent: string | BaseAgent<I, O, E>,
    payload: I,
    context: RunContext,
    options?: QueuedHandoffOptions & { readonly through: HandoffQueue },
  ): Run<O, RunEvent<O, E>> | Promise<HandoffTicket | undefined> {
    if (options)
      return this.#handOver(typeof agent === "string" ? agent : agent.name, payload, context, options);
    if (typeof agent === "string") {
      throw new TypeError(`handoffTo: "${agent}" is a name, which needs a queue: pass { through: handoffs }`);
    }
    const { tenant, runId, signal, init } = context;
    context.logAction("task-handed-off", `agent:${agent.name}`, { from: this.name });
    const { leadId, campaignId, threadId, spendCap, delivery, onApprovalRequired } = init;
    return agent.run(payload, {
      ...{ tenant, signal, leadId, campaignId, threadId, spendCap, delivery, onApprovalRequired },
      effectScope: context.effectScopeOf(agent.name),
      parentRunId: runId,
      traceparent: init.span.traceparent,
    });
  }

  #handOver<I>(
    agent: string,
    payload: I,
    context: RunContext,
    { through, ...options }: QueuedHandoffOptions & { readonly through: HandoffQueue },
  ): Promise<HandoffTicket | undefined> {
    const { tenant, runId, signal, init } = context;
    const { leadId, campaignId, threadId } = init;
    return through.to(agent, toJson(payload), {
      ...{ tenant, signal, leadId, campaignId, threadId, traceparent: init.span.traceparent },
      ...options,
      from: { agent: this.name, runId },
      scope: context.effectScopeOf(`hand-over/${agent}`),
    });
  }

  /** Puts a decision or an effect into the audit trail. */
  protected logAction(context: RunContext, action: string, subject: string, facts: JsonObject): void {
    context.logAction(action, subject, facts);
  }

  async *#work(
    input: Input,
    options: RunOptions,
    runId: string,
    control: StreamControl,
  ): AsyncGenerator<RunEvent<Output, Own>, void, void> {
    const context = this.#context(input, options, runId, control.signal);
    let end: RunEnd = { status: "cancelled" };
    try {
      context.emit("run-started", { input: context.init.input });
      yield { type: "run-started", runId, agent: this.name, at: context.nowIso() };
      if (this.model) await context.writeStart();
      const output = yield* this.processTask(input, context);
      const told = context.init.writer || context.init.events ? toJson(output) : null;
      end = { status: "completed", output: told };
      await context.writeEnd(end);
      const summary = context.summary();
      const cost = summary.costUsd === undefined ? {} : { costUsd: summary.costUsd };
      context.emit("run-completed", { output: told, latencyMs: summary.latencyMs, ...cost });
      yield { type: "run-completed", output, summary };
    } catch (error) {
      const cancelled = control.signal.aborted;
      end = cancelled ? { status: "cancelled" } : { status: "failed", error: storedError(error) };
      throw error;
    } finally {
      if (end.status !== "completed") await this.#writeBadEnd(context, end);
      context.init.span.end();
      this.#forgetIdleWriter(context.tenant);
    }
  }

  async #writeBadEnd(context: RunContext, end: RunEnd): Promise<void> {
    const error = end.error ?? { code: "aborted", message: "The run was cancelled." };
    context.init.span.fail(error.code);
    context.emit("run-failed", { error, latencyMs: context.summary().latencyMs });
    try {
      await context.writeEnd(end);
    } catch {
      // What ended the run is thrown already and tells more than a second failure would.
    }
  }

  #context(input: Input, options: RunOptions, runId: string, signal: AbortSignal): RunContext {
    const { storage, events, timeouts, spendCap, budgets, task, effects } = this.#options;
    const telemetry = this.#telemetry;
    const { tenant } = options;
    const writer = storage && this.#writer(storage, tenant);
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": this.name };
    const { traceparent } = options;
    const around = traceparent === undefined ? undefined : telemetry.remoteSpan?.(traceparent);
    return new RunContext({
      runId,
      agent: this.name,
      tenant,
      signal,
      clock: this.clock,
      createId: this.#createId,
      // Only records and events tell the input; a run that has neither need not copy it.
      input: storage || events ? toJson(input) : null,
      leadId: options.leadId,
      campaignId: options.campaignId,
      threadId: options.threadId,
      parentRunId: options.parentRunId,
      stores: storage?.tenant(tenant),
      writer,
      events,
      telemetry,
      span: telemetry.startSpan(`invoke_agent ${this.name}`, "internal", attributes, around),
      spendCap: options.spendCap ?? spendCap,
      budgets,
      task,
      timeouts: timeouts || options.timeouts ? { ...timeouts, ...options.timeouts } : undefined,
      delivery: options.delivery ?? "streamed",
      effects,
      effectScope: options.effectScope,
      onApprovalRequired: options.onApprovalRequired,
    });
  }

  #writer(storage: Storage, tenant: string): RecordWriter {
    let writer = this.#writers.get(tenant);
    if (!writer) {
      writer = new RecordWriter(storage.tenant(tenant));
      this.#writers.set(tenant, writer);
    }
    return writer;
  }

  /** An agent that serves many tenants must not remember them all. */
  #forgetIdleWriter(tenant: string): void {
    if (this.#writers.get(tenant)?.idle) this.#writers.delete(tenant);
  }
}
