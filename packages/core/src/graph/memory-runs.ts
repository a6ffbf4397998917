import type { JsonObject, JsonValue } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { begin } from "./begin.js";
import { drive } from "./drive.js";
import type { FlowSnapshot } from "./flow.js";
import { wrongState } from "./graph-errors.js";
import type { GraphEvent } from "./graph-event.js";
import type { GraphPlan, RunMeans } from "./graph-plan.js";
import type {
  ForkOptions,
  GraphRuns,
  GraphStream,
  HistoryPoint,
  ResumeOptions,
  RunOptions,
  RunOutcome,
  RunScope,
  RunView,
  StartOptions,
  StreamOptions,
} from "./graph-runs.js";
import { MemoryRun } from "./memory-run.js";
import { runStream } from "./run-stream.js";
import { Snapshot } from "./snapshot.js";
import { jsonSize } from "./state-size.js";
import { checkUpdate, writeState } from "./write-state.js";

/** What a call watches a run with. */
interface Watch {
  readonly emit?: (event: GraphEvent) => void;
  readonly pause?: () => Promise<void> | undefined;
}

/** Runs of one graph, kept in this process. */
export class MemoryRuns<State, Update, Input> implements GraphRuns<State, Update, Input> {
  readonly #plan: GraphPlan;
  readonly #means: RunMeans;
  readonly #maxRuns: number;
  readonly #runs = new Map<string, MemoryRun>();

  constructor(plan: GraphPlan, means: RunMeans, maxRuns: number) {
    this.#plan = plan;
    this.#means = means;
    this.#maxRuns = maxRuns;
  }

  async invoke(input: Input, options: StartOptions = {}): Promise<RunOutcome<State>> {
    return this.#drive(this.#create(input, options), options);
  }

  stream(input: Input, options: StartOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, ({ signal, ...watch }) =>
      this.#drive(this.#create(input, options), { ...options, signal }, watch),
    );
  }

  async begin(input: Input, options: StartOptions = {}): Promise<string> {
    await begin(this.#plan, input);
    const runId = options.runId ?? this.#means.newId();
    // How it ended is told by its state.
    this.invoke(input, { ...options, runId }).catch(() => {});
    return runId;
  }

  async resume(runId: string, options: ResumeOptions = {}): Promise<RunOutcome<State>> {
    return this.#drive(this.#answered(runId, options), options);
  }

  resumeStream(runId: string, options: ResumeOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, async ({ signal, ...watch }) =>
      this.#drive(this.#answered(runId, options), { ...options, signal }, watch),
    );
  }

  async retry(runId: string, options: RunOptions = {}): Promise<RunOutcome<State>> {
    return this.#drive(this.#failed(runId, options), options);
  }

  retryStream(runId: string, options: RunOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, async ({ signal, ...watch }) =>
      this.#drive(this.#failed(runId, options), { ...options, signal }, watch),
    );
  }

  async deliver(runId: string, name: string, payload: JsonValue, scope: RunScope = {}): Promise<boolean> {
    const run = this.#find(runId, scope.tenant);
    if (!run || run.status === "completed" || run.status === "cancelled") return false;
    run.deliver(name, payload);
    return true;
  }

  async stop(
    runId: string,
    { by, reason }: { readonly by: string; readonly reason: string },
    scope: RunScope = {},
  ): Promise<boolean> {
    return this.#find(runId, scope.tenant)?.stop(by, reason) ?? false;
  }

  async getState(runId: string, scope: RunScope = {}): Promise<RunView<State> | undefined> {
    return this.#find(runId, scope.tenant)?.view<State>();
  }

  async getHistory(runId: string, scope: RunScope = {}): Promise<readonly HistoryPoint<State>[]> {
    return (await this.#find(runId, scope.tenant)?.history<State>()) ?? [];
  }

  async fork(runId: string, options: ForkOptions<Update> = {}): Promise<string> {
    const source = this.#find(runId, options.tenant);
    if (!source) throw wrongState(runId, "unknown", "there is nothing to fork");
    await source.open();
    const past = source.at(options.superstep ?? Number.POSITIVE_INFINITY);
    if (options.superstep !== undefined && past.superstep !== options.superstep) {
      throw new RangeError(`fork.superstep: the run ${runId} has no superstep ${options.superstep}`);
    }
    const snapshot = await this.#written(past, options.update ?? {});
    const forkOf = { runId, superstep: past.superstep };
    const init = { ...this.#initOf(options), forkOf };
    const run = this.#add(new MemoryRun(init, () => snapshot));
    await run.open();
    return run.runId;
  }

  async #written(past: FlowSnapshot, update: object): Promise<FlowSnapshot> {
    const checked = await checkUpdate(this.#plan, "fork", update);
    const from = { values: past.values, bytes: jsonSize(past.values) };
    const { values, bytes } = await writeState(this.#plan, from, [{ node: "fork", update: checked }]);
    return new Snapshot(past.superstep, values, past.tasks, past.joins, bytes);
  }

  #create(input: Input, options: StartOptions): MemoryRun {
    const run = new MemoryRun(this.#initOf(options), () => begin(this.#plan, input));
    return this.#add(run);
  }

  #initOf({ runId = this.#means.newId(), tenant, threadId }: StartOptions) {
    return { plan: this.#plan, means: this.#means, runId, tenant, threadId };
  }

  #add(run: MemoryRun): MemoryRun {
    const key = keyOf(run.runId, run.tenant);
    const taken = this.#runs.get(key);
    if (taken) throw wrongState(run.runId, taken.status, "its id is taken; resume it, or begin another");
    this.#runs.set(key, run);
    if (this.#runs.size > this.#maxRuns) this.#forgetOne();
    return run;
  }

  /** The oldest that ended; when none has, the oldest that nobody works on. */
  #forgetOne(): void {
    let oldest: string | undefined;
    for (const [key, { status }] of this.#runs) {
      if (status === "running") continue;
      oldest ??= key;
      if (status === "waiting" || status === "pending") continue;
      this.#runs.delete(key);
      return;
    }
    if (oldest !== undefined) this.#runs.delete(oldest);
  }

  #find(runId: string, tenant: string | undefined): MemoryRun | undefined {
    return this.#runs.get(keyOf(runId, tenant));
  }

  /** A run that can go on, with the answers that came. */
  #answered(runId: string, options: ResumeOptions): MemoryRun {
    const run = this.#find(runId, options.tenant);
    if (!run) throw wrongState(runId, "unknown", "there is nothing to resume");
    if (run.status !== "waiting" && run.status !== "pending") {
      throw wrongState(
        runId,
        run.status,
        "only one that waits or was left is resumed; retry one that failed",
      );
    }
    for (const [name, payload] of Object.entries(options.answers ?? {})) run.deliver(name, payload);
    if (options.answer !== undefined) run.deliver(soleName(run), options.answer);
    return run;
  }

  #failed(runId: string, { tenant }: RunScope): MemoryRun {
    const run = this.#find(runId, tenant);
    if (run?.status === "failed") return run;
    throw wrongState(runId, run?.status ?? "unknown", "only a run that failed is retried");
  }

  async #drive(run: MemoryRun, options: RunOptions, watch: Watch = {}): Promise<RunOutcome<State>> {
    using linked = linkSignal(options.signal);
    const { signal } = linked;
    run.begin(options, watch.emit, linked.abort);
    const keeper = {
      host: run,
      open: () => run.open(),
      advanced: run.advanced.bind(run),
      finished: () => run.finished(),
      waiting: run.waiting.bind(run),
      failed: (error: unknown) => {
        run.failed(error, signal.aborted);
        if (!run.hasBegun) this.#runs.delete(keyOf(run.runId, run.tenant));
      },
    };
    try {
      const outcome: RunOutcome<JsonObject> = await drive(this.#plan, keeper, { signal, pause: watch.pause });
      return outcome as RunOutcome<JsonObject & State>;
    } finally {
      if (run.emit === watch.emit) run.emit = undefined;
    }
  }
}

const keyOf = (runId: string, tenant: string | undefined): string => JSON.stringify([tenant ?? null, runId]);

function soleName({ runId, on }: MemoryRun): string {
  const asked = on.filter(({ kind }) => kind !== "sleep");
  const [only] = asked;
  if (only && asked.length === 1) return only.name;
  const names = asked.map(({ name }) => `"${name}"`).join(", ");
  throw new TypeError(
    asked.length === 0
      ? `resume.answer: the run ${runId} waits for no answer`
      : `resume.answer: the run ${runId} waits for several; give resume.answers by name: ${names}`,
  );
}
