import { manualClock } from "@salesagent/conformance";
import type { JobEngine, Storage } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { vi } from "vitest";
import { type AgentOptions, BaseAgent } from "../../agent/base-agent.js";
import type { HandoffQueue, HandoffTicket, QueuedHandoffOptions } from "../../agent/handoff-queue.js";
import type { RunContext } from "../../agent/run-context.js";
import type { WorkEvent } from "../../agent/run-event.js";
import type { HandoffsOptions } from "../handoffs.js";
import { createHandoffs } from "../handoffs.js";

export const tenant = "acme";

/** An agent that does what a function says. */
export class FunctionAgent<Input, Output> extends BaseAgent<Input, Output> {
  constructor(
    readonly name: string,
    private readonly work: (input: Input, desk: Desk) => Output | Promise<Output>,
    options: AgentOptions = {},
  ) {
    super(options);
  }

  protected override async *processTask(
    input: Input,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Output, void> {
    const handOver: Desk["handOver"] = (agent, payload, options) =>
      this.handoffTo(agent, payload, context, options);
    return await this.work(input, { context, handOver });
  }
}

/** What such a function works with. */
export interface Desk {
  readonly context: RunContext;
  handOver(
    agent: string,
    payload: unknown,
    options: QueuedHandoffOptions & { readonly through: HandoffQueue },
  ): Promise<HandoffTicket | undefined>;
}

/** Handoffs in memory, on a clock that is moved by hand. */
export function handoffWorld(
  agents: HandoffsOptions["agents"],
  options: Partial<HandoffsOptions> & { readonly wrapJobs?: (jobs: JobEngine) => JobEngine } = {},
) {
  const clock = manualClock();
  const storage: Storage = memoryStorage({ clock });
  const memory = memoryJobs({ clock, random: () => 0 });
  const jobs = options.wrapJobs?.(memory) ?? memory;
  const handoffs = createHandoffs({ jobs, storage, clock, agents, ...options });
  const stores = storage.tenant(tenant);
  /** Waits until a handoff stands so, while time passes. */
  const until = (runId: string | undefined, status: string) =>
    vi.waitFor(
      async () => {
        clock.advance(1_000);
        const run = await handoffs.status(runId ?? "", { tenant });
        if (run?.status !== status) throw new Error(`the handoff is ${run?.status}, and not ${status}`);
        return run;
      },
      { interval: 1, timeout: 9_000 },
    );
  return { clock, storage, jobs, handoffs, stores, until };
}

/** An engine whose word that a job is done gets lost, the first so many times: the job is run again. */
export function losingAcknowledgements(jobs: JobEngine, times: number): JobEngine {
  let left = times;
  const losing: Partial<JobEngine> = {
    work: (queue, handler, options) =>
      jobs.work(
        queue,
        async (job) => {
          await handler(job);
          if (left-- > 0) throw new Error("the process died before it said so");
        },
        options,
      ),
  };
  return new Proxy(jobs, {
    get(target, name) {
      const value: unknown = Reflect.get(name in losing ? losing : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
