import type { JsonValue } from "@salesagent/ports";
import type { GraphPlan, RunMeans } from "./graph-plan.js";
import type {
  Checkpointer,
  ForkOptions,
  GraphRuns,
  ResumeOptions,
  RunOptions,
  RunScope,
  StartOptions,
  StreamOptions,
} from "./graph-runs.js";
import { plainRuns } from "./plain-runs.js";
import { toMermaid } from "./to-mermaid.js";

/** A graph that can be run. Made by `StateGraph.compile`. */
export class CompiledGraph<State, Update, Input = Update> implements GraphRuns<State, Update, Input> {
  /** What the engine runs: for whoever keeps runs. */
  readonly plan: GraphPlan;
  readonly #runs: GraphRuns<State, Update, Input>;

  constructor(plan: GraphPlan, means: RunMeans, checkpointer: Checkpointer = plainRuns) {
    this.plan = plan;
    this.#runs = checkpointer.runs(plan, means);
  }

  get name(): string {
    return this.plan.name;
  }

  get version(): string {
    return this.plan.version;
  }

  invoke(input: Input, options: StartOptions = {}) {
    return this.#runs.invoke(input, options);
  }

  stream(input: Input, options: StartOptions & StreamOptions = {}) {
    return this.#runs.stream(input, options);
  }

  begin(input: Input, options: StartOptions = {}) {
    return this.#runs.begin(input, options);
  }

  resume(runId: string, options: ResumeOptions = {}) {
    return this.#runs.resume(runId, options);
  }

  resumeStream(runId: string, options: ResumeOptions & StreamOptions = {}) {
    return this.#runs.resumeStream(runId, options);
  }

  retry(runId: string, options: RunOptions = {}) {
    return this.#runs.retry(runId, options);
  }

  retryStream(runId: string, options: RunOptions & StreamOptions = {}) {
    return this.#runs.retryStream(runId, options);
  }

  deliver(runId: string, name: string, payload: JsonValue, scope: RunScope = {}) {
    return this.#runs.deliver(runId, name, payload, scope);
  }

  stop(runId: string, stop: { readonly by: string; readonly reason: string }, scope: RunScope = {}) {
    return this.#runs.stop(runId, stop, scope);
  }

  getState(runId: string, scope: RunScope = {}) {
    return this.#runs.getState(runId, scope);
  }

  getHistory(runId: string, scope: RunScope = {}) {
    return this.#runs.getHistory(runId, scope);
  }

  fork(runId: string, options: ForkOptions<Update> = {}) {
    return this.#runs.fork(runId, options);
  }

  /** The graph as a Mermaid flowchart: dashed arrows are choices. */
  toMermaid(): string {
    return toMermaid(this.plan);
  }
}
