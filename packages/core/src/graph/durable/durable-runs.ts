import type { FlowRecord, FlowStore, JsonObject, JsonValue } from "@salesagent/ports";
import { begin } from "../begin.js";
import { stopped, wrongState } from "../graph-errors.js";
import type { GraphEvent } from "../graph-event.js";
import type { GraphPlan, RunMeans } from "../graph-plan.js";
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
} from "../graph-runs.js";
import { runStream, type StreamedRun } from "../run-stream.js";
import type { FlowStorage } from "./flow-storage.js";
import { forkInput, pastPoint, readCurrent, readHistory } from "./read-back.js";
import { failureOf, lastEvent, lastSuperstep, look, runView, tenantOf } from "./run-view.js";
import type { RunWaiters } from "./run-waiters.js";
import { versionOf, withOrigin } from "./stored-graphs.js";

/** What the runs of one graph are kept and worked on with. */
export interface DurableRunsInit {
  readonly plan: GraphPlan;
  readonly means: RunMeans;
  readonly storage: FlowStorage;
  /** For calls that name none. */
  readonly tenant: string | undefined;
  readonly waiters: RunWaiters;
  /** Sees to it that somebody works in this process, where that is wanted. */
  readonly ensureWork: () => void;
  /** How runs of a graph that is data are kept. @defaultValue by the graph's own name and version */
  readonly keptAs?: { readonly name: string; readonly version: string; readonly origin: JsonObject };
}

/** Runs of one graph, kept in a storage: whoever works on it, in whatever process, goes on with them. */
export class DurableRuns<State, Update, Input> implements GraphRuns<State, Update, Input> {
  readonly #init: DurableRunsInit;

  constructor(init: DurableRunsInit) {
    this.#init = init;
  }

  async invoke(input: Input, options: StartOptions = {}): Promise<RunOutcome<State>> {
    const { runId, fence } = await this.#create(input, options);
    return this.#outcome(runId, fence, options);
  }

  stream(input: Input, options: StartOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, async (streamed) => {
      const runId = options.runId ?? this.#init.means.newId();
      await this.#told(runId, options, streamed, () => this.#create(input, { ...options, runId }));
    });
  }

  async begin(input: Input, options: StartOptions = {}): Promise<string> {
    const { runId } = await this.#create(input, options);
    return runId;
  }

  async resume(runId: string, options: ResumeOptions = {}): Promise<RunOutcome<State>> {
    const { fence } = await this.#answer(runId, options);
    return this.#outcome(runId, fence, options);
  }

  resumeStream(runId: string, options: ResumeOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, (streamed) =>
      this.#told(runId, options, streamed, () => this.#answer(runId, options)),
    );
  }

  async retry(runId: string, options: RunOptions = {}): Promise<RunOutcome<State>> {
    const { fence } = await this.#reopen(runId, options);
    return this.#outcome(runId, fence, options);
  }

  retryStream(runId: string, options: RunOptions & StreamOptions = {}): GraphStream<State, Update> {
    return runStream(options.mode, options.signal, (streamed) =>
      this.#told(runId, options, streamed, () => this.#reopen(runId, options)),
    );
  }

  async deliver(runId: string, name: string, payload: JsonValue, scope: RunScope = {}): Promise<boolean> {
    this.#init.ensureWork();
    return this.#flows(scope).deliver(runId, { name, payload }, { signal: scope.signal });
  }

  async stop(
    runId: string,
    stop: { readonly by: string; readonly reason: string },
    scope: RunScope = {},
  ): Promise<boolean> {
    this.#init.ensureWork();
    return this.#flows(scope).stop(runId, stop, { signal: scope.signal });
  }

  async getState(runId: string, scope: RunScope = {}): Promise<RunView<State> | undefined> {
    const flows = this.#flows(scope);
    const state = (await this.#find(flows, runId, scope.signal)) && (await look(flows, runId, scope.signal));
    if (!state) return undefined;
    return runView<State>(this.#init.plan, state);
  }

  async getHistory(runId: string, scope: RunScope = {}): Promise<readonly HistoryPoint<State>[]> {
    const flows = this.#flows(scope);
    const record = await this.#find(flows, runId, scope.signal);
    if (!record) return [];
    const points = await readHistory(this.#init.plan, flows, record);
    return points
      .map(({ snapshot, version, writes, at }) => ({
        ...{ superstep: snapshot.superstep, version },
        state: snapshot.values as JsonObject & State,
        next: snapshot.tasks.map(({ node }) => node),
        ...{ writes, at },
      }))
      .reverse();
  }

  async fork(runId: string, options: ForkOptions<Update> = {}): Promise<string> {
    const { means, plan } = this.#init;
    const flows = this.#flows(options);
    const record = await this.#find(flows, runId);
    if (!record) throw wrongState(runId, "unknown", "there is nothing to fork");
    const { version } = plan;
    const superstep = options.superstep ?? (await lastSuperstep(plan, flows, record));
    const from = await pastPoint(plan, flows, { record, version, superstep });
    if (!from) {
      const wanted = "what it went on from was dropped, so there is nothing to fork";
      if (superstep === 0) throw wrongState(runId, record.status, wanted);
      throw new RangeError(`fork.superstep: the run ${runId} has no superstep ${superstep}`);
    }
    const id = options.runId ?? means.newId();
    const update = (options.update ?? {}) as JsonObject;
    await this.#begin(flows, this.#start(id, forkInput({ runId, superstep, update, from })));
    return id;
  }

  /** What a run is kept as. */
  #start(id: string, input: JsonValue): Pick<FlowRecord, "id" | "graph" | "version" | "input"> {
    const { plan, keptAs } = this.#init;
    if (!keptAs) return { id, graph: plan.name, version: plan.version, input };
    return { id, graph: keptAs.name, version: keptAs.version, input: withOrigin(keptAs.origin, input) };
  }

  /** A run of this graph. */
  async #find(flows: FlowStore, runId: string, signal?: AbortSignal): Promise<FlowRecord | undefined> {
    const { plan, keptAs } = this.#init;
    const record = await flows.get(runId, { signal });
    return record?.graph === (keptAs ?? plan).name ? record : undefined;
  }

  #flows(scope: Pick<RunScope, "tenant">): FlowStore {
    return this.#init.storage.tenant(this.#tenant(scope)).flows;
  }

  #tenant(scope: Pick<RunScope, "tenant">): string {
    return tenantOf(scope, this.#init.tenant);
  }

  async #create(
    input: Input,
    options: StartOptions,
  ): Promise<{ readonly runId: string; readonly fence: number }> {
    const { plan, means, ensureWork } = this.#init;
    const { runId: id = means.newId(), threadId } = options;
    // What does not fit is told to who gave it, and not put on record as a run that failed.
    await begin(plan, input);
    const start = this.#start(id, input as JsonValue);
    await this.#begin(this.#flows(options), threadId === undefined ? start : { ...start, threadId });
    ensureWork();
    return { runId: id, fence: 0 };
  }

  async #begin(flows: FlowStore, start: Parameters<FlowStore["create"]>[0]): Promise<void> {
    if (await flows.create(start)) return;
    const taken = await flows.get(start.id);
    throw wrongState(start.id, taken?.status ?? "unknown", "its id is taken; resume it, or begin another");
  }

  /** Puts answers to a run that waits, and wakes it; without answers, only waits for what becomes of it. */
  async #answer(runId: string, options: ResumeOptions): Promise<{ readonly fence: number }> {
    const flows = this.#flows(options);
    const record = await this.#ready(flows, runId, options.signal);
    const hasAnswers = options.answer !== undefined || Object.keys(options.answers ?? {}).length > 0;
    // A fork is on its way by itself: who resumes it takes part in it.
    if (!hasAnswers && record.status !== "failed") return { fence: Math.max(0, record.fence - 1) };
    if (record.status !== "waiting") {
      throw wrongState(runId, record.status, "only a run that waits takes answers; retry one that failed");
    }
    for (const [name, payload] of Object.entries(this.#answersOf(record, options))) {
      await flows.deliver(runId, { name, payload }, { signal: options.signal });
    }
    return { fence: record.fence };
  }

  /** A run that somebody can work on in this process, if it works. @throws Why it can't be gone on with here. */
  async #ready(flows: FlowStore, runId: string, signal: AbortSignal | undefined): Promise<FlowRecord> {
    const record = await this.#find(flows, runId, signal);
    if (!record) throw wrongState(runId, "unknown", "there is no such run");
    const { plan, ensureWork } = this.#init;
    if (versionOf(record, plan) !== plan.version) {
      const state = await look(flows, runId, signal);
      if (state) await readCurrent(plan, state);
    }
    ensureWork();
    return record;
  }

  /** Makes a run that failed go on. */
  async #reopen(runId: string, options: RunOptions): Promise<{ readonly fence: number }> {
    const flows = this.#flows(options);
    const { signal } = options;
    const { status, fence } = await this.#ready(flows, runId, signal);
    if (status !== "failed") throw wrongState(runId, status, "only a run that failed is retried");
    if (await flows.reopen(runId, { signal })) return { fence };
    const now = (await flows.get(runId, { signal }))?.status ?? "unknown";
    const why =
      now === "failed" ? "what it would go on from was dropped or erased" : "somebody else has retried it";
    throw wrongState(runId, now, why);
  }

  #answersOf(
    record: FlowRecord,
    { answer, answers = {} }: ResumeOptions,
  ): Readonly<Record<string, JsonValue>> {
    if (answer === undefined) return answers;
    const [name, ...others] = record.awaiting;
    if (name === undefined || others.length > 0) {
      throw new TypeError(
        `resume.answer: the run ${record.id} waits for ${record.awaiting.length} things; use answers`,
      );
    }
    return { ...answers, [name]: answer };
  }

  async #told(
    runId: string,
    scope: RunOptions,
    { emit, signal }: StreamedRun,
    begin: () => Promise<{ readonly fence: number }>,
  ): Promise<void> {
    let isOver = false;
    const watcher = (event: GraphEvent) => {
      isOver ||= event.path.length === 0 && (event.type === "run-completed" || event.type === "interrupted");
      emit(event);
    };
    const run = { tenant: this.#tenant(scope), id: runId };
    const leave = this.#init.waiters.watch(run, watcher);
    try {
      const { fence } = await begin();
      const outcome = await this.#outcome(runId, fence, { ...scope, signal });
      // Another process worked on it: only how it ended is known here.
      if (!isOver) emit(lastEvent(outcome));
    } finally {
      leave();
    }
  }

  async #outcome(runId: string, fence: number, scope: RunOptions): Promise<RunOutcome<State>> {
    const flows = this.#flows(scope);
    const run = { tenant: this.#tenant(scope), id: runId };
    const { record, end } = await this.#init.waiters.settled(flows, run, fence, scope.signal);
    if (record.status === "completed") {
      return { status: "completed", runId, state: record.output as JsonObject & State };
    }
    if (record.status === "waiting") {
      const view = await this.getState(runId, scope);
      const { state, on } = view as RunView<State>;
      return { status: "waiting", runId, state, on };
    }
    if (record.status === "cancelled") {
      throw stopped(runId, record.stop ?? { by: "unknown", reason: "unknown" });
    }
    throw failureOf(record, end);
  }
}
