import { type ApprovalRecord, type Job, type RunRecord, SalesAgentError } from "@salesagent/ports";
import type { RunOptions } from "../agent/base-agent.js";
import { storedError, toJson } from "../agent/stored-form.js";
import type { HandoffMeans } from "./hand-over.js";
import { type Handoff, readHandoff, toJob } from "./handoff.js";
import { unknownAgent } from "./handoff-errors.js";
import { endHandoff, type HandoffState, notePutOff, writeState } from "./handoff-records.js";

/** An agent that work can be handed to: any `BaseAgent`. */
export interface HandoffAgent {
  readonly name: string;
  run(
    input: never,
    options: RunOptions,
  ): { readonly id: string; output(): Promise<unknown>; settled(): Promise<void> };
}

/** What work is received with. */
export interface ReceiverInit extends HandoffMeans {
  readonly agents: ReadonlyMap<string, HandoffAgent>;
  /** Tries after the first, as the engine makes them. */
  readonly retries: number;
  readonly approvalPollMs: number;
}

/** One try at one handoff. */
interface Attempt {
  readonly job: Job;
  readonly handoff: Handoff;
}

/**
 * Does work that was handed over. Each try is a run of its own, whose effects are named by the handoff: what one try did, the
 * next does not do again. What was completed is not computed again, whoever brings the job once more.
 */
export class HandoffReceiver {
  readonly #init: ReceiverInit;

  constructor(init: ReceiverInit) {
    this.#init = init;
  }

  /** @throws What failed the try, for the engine to try again or to bury it. */
  async receive(job: Job): Promise<void> {
    const attempt = { job, handoff: readHandoff(job) };
    if (await this.#stillWaits(attempt)) return this.#putOff(attempt, this.#init.approvalPollMs);
    // Lost meanwhile: whoever has it now says how it stands.
    job.signal.throwIfAborted();
    const standing = await this.#write(attempt, { status: "running" });
    if (standing.status === "completed") return;
    try {
      await this.#end(attempt, { status: "completed", output: toJson(await this.#run(attempt)) });
    } catch (error) {
      await this.#failed(attempt, error);
    }
  }

  async #run({ job, handoff }: Attempt): Promise<unknown> {
    const { agents, received } = this.#init;
    const { runId, path, payload, leadId, campaignId, threadId, traceparent } = handoff;
    const agent = agents.get(handoff.agent);
    if (!agent) throw unknownAgent(handoff.agent, [...agents.keys()]);
    const { tenant, signal } = job;
    const run = agent.run(payload as never, {
      ...{ tenant, signal, leadId, campaignId, threadId, traceparent },
      parentRunId: runId,
      effectScope: { runId, step: "" },
      delivery: "whole",
    });
    received.set(run.id, { agent: handoff.agent, path });
    try {
      return await run.output();
    } finally {
      await run.settled();
      received.delete(run.id);
    }
  }

  async #failed(attempt: Attempt, error: unknown): Promise<void> {
    const { job } = attempt;
    const { clock, retries, approvalPollMs } = this.#init;
    // Given back, or lost: it is somebody else's now, whose word counts.
    if (job.signal.aborted && !SalesAgentError.is(job.signal.reason, "call.timed_out")) throw error;
    if (SalesAgentError.is(error, "approval.required")) {
      return this.#putOff(attempt, approvalPollMs, { error, approvalId: error.facts.approvalId });
    }
    if (SalesAgentError.is(error, "effect.in_progress")) {
      const waitMs = Date.parse(error.facts.leaseUntil) - clock.now();
      return this.#putOff(attempt, Math.max(0, waitMs), { error });
    }
    const told = storedError(error);
    const standing = await (job.attempt > retries
      ? this.#end(attempt, { status: "failed", error: told })
      : this.#write(attempt, { status: "pending", error: told }));
    if (standing.status !== "completed") throw error;
  }

  /** Ends this job, and comes back to the work by another one. */
  async #putOff(
    { job, handoff }: Attempt,
    delayMs: number,
    why?: { readonly error: SalesAgentError; readonly approvalId?: string },
  ): Promise<void> {
    const { jobs, storage, queue, clock } = this.#init;
    const { tenant } = job;
    const putOff = (handoff.putOff ?? 0) + 1;
    const next: Handoff = { ...handoff, putOff, ...(why && { approvalId: why.approvalId ?? "" }) };
    await storage.tenant(tenant).transaction(async (stores) => {
      // A job that comes again after this one was put off finds the other one there.
      const key = `${handoff.runId}/${putOff}`;
      if ((await jobs.enqueue(toJob(next, { queue, tenant, delayMs, key }), { in: stores })) === undefined)
        return;
      await notePutOff(stores, next, clock);
      if (!why) return;
      const { code, message } = why.error;
      const status = why.approvalId === undefined ? "pending" : "waiting";
      await writeState(stores, handoff, { status, error: { code, message } }, clock);
    });
  }

  /** Whether the person who was asked has yet to decide. */
  async #stillWaits({ job, handoff }: Attempt): Promise<boolean> {
    const { approvalId = "" } = handoff;
    if (approvalId === "") return false;
    const approval: ApprovalRecord | undefined = await this.#init.storage
      .tenant(job.tenant)
      .approvals.get(approvalId, { signal: job.signal });
    return approval?.status === "pending";
  }

  #write({ job, handoff }: Attempt, state: HandoffState): Promise<RunRecord> {
    const { storage, clock } = this.#init;
    return storage.tenant(job.tenant).transaction((stores) => writeState(stores, handoff, state, clock));
  }

  #end(
    { job, handoff }: Attempt,
    state: HandoffState & { readonly status: "completed" | "failed" },
  ): Promise<RunRecord> {
    const { storage, clock } = this.#init;
    return storage.tenant(job.tenant).transaction((stores) => endHandoff(stores, handoff, state, clock));
  }
}
