import type { JsonObject } from "@salesagent/ports";
import { begin } from "./begin.js";
import { drive, type RunKeeper } from "./drive.js";
import type { FlowHost } from "./flow.js";
import { invalidGraph } from "./graph-errors.js";
import type { GraphEvent } from "./graph-event.js";
import type { GraphPlan, RunMeans } from "./graph-plan.js";
import type { Checkpointer, GraphRuns, RunOutcome, StartOptions } from "./graph-runs.js";
import { runStream } from "./run-stream.js";

/** Keeps nothing: runs live as long as the call. */
export const plainRuns: Checkpointer = {
  runs: <State, Update, Input>(plan: GraphPlan, means: RunMeans): GraphRuns<State, Update, Input> => ({
    async invoke(input, options = {}) {
      return (await runPlain(plan, means, input, options)) as RunOutcome<State>;
    },
    stream(input, options = {}) {
      return runStream(options.mode, options.signal, ({ emit, pause, signal }) =>
        runPlain(plan, means, input, { ...options, signal }, emit, pause),
      );
    },
    begin: () => Promise.reject(nothingKept(plan)),
    resume: () => Promise.reject(nothingKept(plan)),
    resumeStream: () => {
      throw nothingKept(plan);
    },
    retry: () => Promise.reject(nothingKept(plan)),
    retryStream: () => {
      throw nothingKept(plan);
    },
    deliver: () => Promise.reject(nothingKept(plan)),
    stop: () => Promise.reject(nothingKept(plan)),
    getState: () => Promise.reject(nothingKept(plan)),
    getHistory: () => Promise.reject(nothingKept(plan)),
    fork: () => Promise.reject(nothingKept(plan)),
  }),
};

function nothingKept({ name }: GraphPlan): Error {
  const message = "its runs are not kept: compile({ checkpointer: memoryCheckpointer() })";
  return invalidGraph(name, [{ path: "checkpointer", message }]);
}

function runPlain(
  plan: GraphPlan,
  means: RunMeans,
  input: unknown,
  options: StartOptions,
  emit?: (event: GraphEvent) => void,
  pause?: () => Promise<void> | undefined,
): Promise<RunOutcome<JsonObject>> {
  return drive(plan, new PlainKeeper(plan, means, input, options, emit), { signal: options.signal, pause });
}

class PlainKeeper implements RunKeeper, FlowHost {
  readonly host = this;
  readonly runId: string;
  readonly tenant: string | undefined;
  readonly clock: RunMeans["clock"];
  readonly random: RunMeans["random"];
  readonly recursionLimit: number | undefined;
  readonly emit: ((event: GraphEvent) => void) | undefined;
  readonly #plan: GraphPlan;
  readonly #input: unknown;

  constructor(
    plan: GraphPlan,
    { clock, random, newId }: RunMeans,
    input: unknown,
    options: StartOptions,
    emit: ((event: GraphEvent) => void) | undefined,
  ) {
    this.runId = options.runId ?? newId();
    this.tenant = options.tenant;
    this.recursionLimit = options.recursionLimit;
    this.clock = clock;
    this.random = random;
    this.emit = emit;
    this.#plan = plan;
    this.#input = input;
  }

  open() {
    return begin(this.#plan, this.#input);
  }

  recall() {
    return undefined;
  }

  remember() {}

  event() {
    return undefined;
  }

  advanced() {}

  finished() {}

  failed() {}

  waiting(on: Parameters<RunKeeper["waiting"]>[0]): void {
    const issues = on.map(({ node }) => ({
      path: node,
      message: "it waits, and the runs are not kept: compile({ checkpointer: memoryCheckpointer() })",
    }));
    throw invalidGraph(this.#plan.name, issues);
  }
}
