import {
  type CallOptions,
  type Clock,
  createSortableIds,
  type JobEngine,
  type JsonValue,
  type RunRecord,
  type Storage,
  systemClock,
  type Worker,
  type WorkOptions,
  wait,
} from "@salesagent/ports";
import { resolveWork } from "@salesagent/ports/job-rules";
import type { RunOptions } from "../agent/base-agent.js";
import type { HandoffQueue, HandoffRequest, HandoffTicket } from "../agent/handoff-queue.js";
import { toJson } from "../agent/stored-form.js";
import { checkSpan, checkWhole } from "../resilience/check-option.js";
import { safeTelemetry } from "../telemetry/safe-telemetry.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import { DeadHandoffs } from "./dead-handoffs.js";
import { type HandoffMeans, handOver } from "./hand-over.js";
import { isRecordName, recordName } from "./handoff.js";
import { handoffFailed, noHandoff } from "./handoff-errors.js";
import { UNKNOWN } from "./handoff-records.js";
import { type HandoffAgent, HandoffReceiver } from "./receive-handoff.js";

/** What handoffs are made with. */
export interface HandoffsOptions {
  /** Carries the work. */
  readonly jobs: JobEngine;
  /** Keeps what became of it; its transactions must reach the jobs, so both lie in one database, or both in memory. */
  readonly storage: Pick<Storage, "tenant">;
  /**
   * The agents that take work from this queue; all of them in every process that works. A function is asked at the first use, for
   * agents that hand work to one another.
   *
   * @defaultValue not known here: this process hands over, and others work
   */
  readonly agents?: readonly HandoffAgent[] | (() => readonly HandoffAgent[]) | undefined;
  /** The queue's name. @defaultValue "handoffs" */
  readonly queue?: string | undefined;
  /** How many agents may hand work on, one after the other; a whole number ≥ 1. @defaultValue 8 */
  readonly maxDepth?: number | undefined;
  /** How often work that waits for a person looks whether it was decided, in milliseconds. @defaultValue 60_000 */
  readonly approvalPollMs?: number | undefined;
  /**
   * How often a process that works looks for work whose last worker died without a word, in milliseconds; it is on record as failed
   * then, and a graph that waits is told.
   *
   * @defaultValue 30_000
   */
  readonly deadLetterPollMs?: number | undefined;
  /** Carries the trace from who hands over to who receives. @defaultValue none */
  readonly telemetry?: Telemetry | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of handoffs. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** An agent that work of one kind can be handed to. */
export interface HandoffTarget<Input> {
  readonly name: string;
  run(input: Input, options: RunOptions): unknown;
}

/** Finds a handoff; under another tenant it is not found. */
export interface HandoffScope extends CallOptions {
  readonly tenant: string;
}

/** Work that agents hand to one another, over a queue. */
export interface Handoffs extends HandoffQueue {
  /**
   * Hands work to an agent: some process does it, in its time.
   *
   * @param agent - The agent, or its name where another process has it.
   * @param payload - What its run is given; plain data.
   * @returns What it is found by; nothing when work of the same `key` waits or runs.
   * @throws `handoff.unknown_agent` where the agents are known, `handoff.too_deep`, `job.invalid`, and what the storage throws.
   */
  to<Input>(
    agent: HandoffTarget<Input>,
    payload: Input,
    request: HandoffRequest,
  ): Promise<HandoffTicket | undefined>;
  to(agent: string, payload: JsonValue, request: HandoffRequest): Promise<HandoffTicket | undefined>;
  /**
   * Does the work in this process; `retries`, `backoffMs`, `timeoutMs` and `concurrency` as of jobs. What fails with all its
   * tries is a dead letter, and can be replayed: then it begins again, under the same record.
   *
   * @throws TypeError where the agents are not known.
   */
  work(options?: WorkOptions): Promise<Worker>;
  /**
   * How it stands: `pending` before it begins and between tries, `running`, `waiting` for a person, `completed` with its `output`,
   * or `failed` for good.
   *
   * @returns Nothing when this tenant has no such handoff.
   */
  status(runId: string, scope: HandoffScope): Promise<RunRecord | undefined>;
  /**
   * Waits for its end; a graph waits with `handoffNode` instead, and holds no process.
   *
   * @param options.pollMs - How often it is looked at, in milliseconds. @defaultValue 250
   * @returns What the agent's run came to.
   * @throws `handoff.failed`; `store.not_found` when this tenant has no such handoff; the signal's reason.
   */
  result(runId: string, options: HandoffScope & { readonly pollMs?: number }): Promise<JsonValue>;
}

/**
 * Makes handoffs over a job engine. Work, its record and its audit record are written in one transaction, the caller's own where
 * it is given.
 *
 * @throws RangeError or TypeError naming the option that makes no sense.
 */
export function createHandoffs(options: HandoffsOptions): Handoffs {
  const { maxDepth = 8, approvalPollMs = 60_000, deadLetterPollMs = 30_000, clock = systemClock } = options;
  checkWhole("handoffs.maxDepth", maxDepth, 1);
  checkSpan("handoffs.approvalPollMs", approvalPollMs, 1);
  checkSpan("handoffs.deadLetterPollMs", deadLetterPollMs, 1);
  const { jobs, storage, queue = "handoffs", createId = createSortableIds(clock) } = options;
  const telemetry = safeTelemetry(options.telemetry ?? noTelemetry);
  const received: HandoffMeans["received"] = new Map();
  const means: HandoffMeans = { jobs, storage, queue, maxDepth, clock, createId, telemetry, received };
  let named: ReadonlyMap<string, HandoffAgent> | undefined;
  const agents = () => {
    named ??= options.agents && byName(options.agents);
    return named;
  };
  // A list is checked at once; a function may name agents that are not made yet.
  if (typeof options.agents === "object") agents();

  const status: Handoffs["status"] = async (runId, { tenant, signal }) => {
    const run = await storage.tenant(tenant).runs.get(runId, { signal });
    return run && isRecordName(run.agent) ? run : undefined;
  };
  return {
    async to(agent: string | HandoffTarget<never>, payload: unknown, request: HandoffRequest) {
      const name = typeof agent === "string" ? agent : agent.name;
      const known = agents();
      return handOver(means, known && [...known.keys()], name, toJson(payload), request);
    },
    async work(workOptions) {
      const known = agents();
      if (!known) throw new TypeError("handoffs.agents must be given where work is done");
      const { retries } = resolveWork(workOptions);
      const receiver = new HandoffReceiver({ ...means, agents: known, retries, approvalPollMs });
      const worker = await jobs.work(queue, (job) => receiver.receive(job), workOptions);
      return new DeadHandoffs({ jobs, storage, queue, clock, everyMs: deadLetterPollMs }).beside(worker);
    },
    status,
    async result(runId, { pollMs = 250, ...scope }) {
      checkSpan("handoffs.result: pollMs", pollMs, 1);
      for (;;) {
        const run = await status(runId, scope);
        if (!run) throw noHandoff(runId);
        if (run.status === "completed") return run.output ?? null;
        if (run.status === "failed") throw failureOf(run);
        await wait(clock, pollMs, scope.signal);
      }
    },
  };
}

function failureOf({ id, agent, error }: RunRecord) {
  return handoffFailed({ agent: agent.slice(recordName("").length), runId: id }, error ?? UNKNOWN);
}

function byName(given: NonNullable<HandoffsOptions["agents"]>): ReadonlyMap<string, HandoffAgent> {
  const agents = typeof given === "function" ? given() : given;
  const named = new Map(agents.map((agent) => [agent.name, agent]));
  if (named.size === agents.length) return named;
  throw new TypeError("handoffs.agents: two agents have the same name");
}
