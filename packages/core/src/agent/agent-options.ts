import type {
  ApprovalRecord,
  Clock,
  EventBus,
  LanguageModel,
  ModelTimeouts,
  Storage,
} from "@salesagent/ports";
import type { Budgets } from "../budget/budgets.js";
import type { EffectScope, Effects } from "../effects/index.js";
import type { SessionMemory } from "../memory/index.js";
import type { SpendCap } from "../model/spend-cap.js";
import type { Telemetry } from "../telemetry/telemetry.js";
import type { AnyTool } from "../tools/tool.js";
import type { PartMemory } from "./loop-memory.js";

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
  /**
   * What was said before: agents of `defineAgent` are told of the run's thread, and add to it what was said when the run came to
   * an answer. Runs without a `threadId` have none.
   */
  readonly memory?: SessionMemory | undefined;
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
  /** The conversation that the run belongs to. */
  readonly threadId?: string | undefined;
  /** What the run is about, such as `person:42`: a memory tells what is known of it. @defaultValue the lead, as `lead:<leadId>` */
  readonly subjects?: readonly string[] | undefined;
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
   * Remembers what the run has done, where the same work may be begun again: then its models are not asked again what they
   * answered. @defaultValue nothing is remembered
   */
  readonly parts?: PartMemory | undefined;
  /**
   * Told of a call that waits for a person, and may wait for the decision. What it throws ends the run as it is. Where it returns
   * `"again"`, it is told again while nobody has decided: it has to have waited.
   *
   * @defaultValue the run ends in `approval.required`
   */
  readonly onApprovalRequired?: ((approval: ApprovalRecord) => unknown) | undefined;
}
