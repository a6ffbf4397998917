import {
  type Clock,
  createSortableIds,
  type JsonObject,
  type LanguageModel,
  type Storage,
  type StreamControl,
  systemClock,
} from "@salesagent/ports";
import { WaitSignal } from "../graph/wait-signal.js";
import { safeTelemetry } from "../telemetry/safe-telemetry.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import type { AnyTool } from "../tools/tool.js";
import { type AgentDescription, describeTools } from "./agent-description.js";
import type { AgentOptions, RunOptions } from "./agent-options.js";
import { batched, deferred } from "./batched.js";
import type { HandoffQueue, HandoffTicket, QueuedHandoffOptions } from "./handoff-queue.js";
import { RecordWriter } from "./record-writer.js";
import { Run } from "./run.js";
import { RunContext } from "./run-context.js";
import type { RunEnd, RunEvent, WorkEvent } from "./run-event.js";
import { storedError, toJson } from "./stored-form.js";

export type { AgentOptions, RunOptions } from "./agent-options.js";

/** The run goes on as another one when the graph around it does: it is no failure, and nobody is told of one. */
const RESTS: RunEnd = {
  status: "cancelled",
  error: { code: "approval.required", message: "It waits for an approval." },
};

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

  /** What it takes and gives, as far as that is known, its tools, and whether it has a memory. */
  describe(): AgentDescription {
    const remembers = this.#options.memory !== undefined;
    return { name: this.name, remembers, tools: describeTools(this.tools.values()) };
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
    const { leadId, campaignId, threadId, subjects, spendCap, delivery, onApprovalRequired } = init;
    return agent.run(payload, {
      ...{ tenant, signal, leadId, campaignId, threadId, subjects, spendCap, delivery, onApprovalRequired },
      effectScope: context.effectScopeOf(agent.name),
      parts: context.partsOf(agent.name),
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
      if (error instanceof WaitSignal) end = RESTS;
      else end = cancelled ? { status: "cancelled" } : { status: "failed", error: storedError(error) };
      throw error;
    } finally {
      if (end === RESTS) await this.#writeEndQuietly(context, end);
      else if (end.status !== "completed") await this.#writeBadEnd(context, end);
      context.init.span.end();
      this.#forgetIdleWriter(context.tenant);
    }
  }

  async #writeBadEnd(context: RunContext, end: RunEnd): Promise<void> {
    const error = end.error ?? { code: "aborted", message: "The run was cancelled." };
    context.init.span.fail(error.code);
    context.emit("run-failed", { error, latencyMs: context.summary().latencyMs });
    await this.#writeEndQuietly(context, end);
  }

  async #writeEndQuietly(context: RunContext, end: RunEnd): Promise<void> {
    try {
      await context.writeEnd(end);
    } catch {
      // What ended the run is thrown already and tells more than a second failure would.
    }
  }

  #context(input: Input, options: RunOptions, runId: string, signal: AbortSignal): RunContext {
    const { storage, events, timeouts, spendCap, budgets, task, effects, memory } = this.#options;
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
      memory,
      subjects: options.subjects,
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
      parts: options.parts,
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
