import { type JsonObject, untilAborted } from "@salesagent/ports";
import type { Advance, FlowDelta, FlowHost, FlowSnapshot, PlannedTask, TaskWrite, WaitFor } from "./flow.js";
import { invalidGraph, recursionLimit } from "./graph-errors.js";
import type { GraphPlan, NodePlan } from "./graph-plan.js";
import { chain, isPromise, type MaybePromise } from "./maybe-promise.js";
import { route } from "./route.js";
import { runTask } from "./run-task.js";
import { Snapshot } from "./snapshot.js";
import { keyOfTask, type TaskEnd, type TaskOutcome, TaskRun } from "./task-run.js";
import { refuseConflicts, writeState } from "./write-state.js";

/**
 * Runs one superstep: its tasks all see the same state, and what they write is applied in the order of the tasks, whatever
 * order they end in. When one fails, those that run are waited for, so that what is done is remembered; no other is begun.
 *
 * @param snapshot - One without tasks, of a graph whose start led to its end, is finished by an empty superstep.
 * @param signal - Ends the superstep with its own reason, within one turn, whatever its nodes do.
 * @returns At once where no node, host or schema gives a promise.
 * @throws SalesAgentError of `graph.*`, also as a rejection; the signal's reason; what the host rejects with.
 */
export function advance(
  plan: GraphPlan,
  snapshot: FlowSnapshot,
  host: FlowHost,
  signal?: AbortSignal | undefined,
): MaybePromise<Advance> {
  signal?.throwIfAborted();
  const limit = host.recursionLimit ?? plan.recursionLimit;
  if (snapshot.superstep >= limit) throw recursionLimit(plan.name, limit);
  const { tasks } = snapshot;
  refuseUnknown(plan, tasks);
  if (host.emit) {
    const nodes = tasks.map(({ node }) => node);
    const superstep = snapshot.superstep + 1;
    host.emit({ type: "superstep-started", runId: host.runId, path: [], superstep, nodes });
  }
  const step = new Superstep(plan, snapshot, host, signal);
  if (tasks.length === 0) return step.finish([]);
  const ends = tasks.length === 1 ? chain(step.run(tasks[0] as PlannedTask), (end) => [end]) : step.runAll();
  const end = chain(ends, (it) => step.finish(it));
  return isPromise(end) && signal ? untilAborted(end, signal) : end;
}

/** A run may have been kept by another version of the graph. */
function refuseUnknown(plan: GraphPlan, tasks: readonly PlannedTask[]): void {
  for (const { node } of tasks) {
    if (plan.nodesByName.has(node)) continue;
    const message = `the run goes on there, and version ${plan.version} has no such node`;
    throw invalidGraph(plan.name, [{ path: node, message }]);
  }
}

class Superstep {
  readonly #number: number;

  constructor(
    readonly plan: GraphPlan,
    readonly snapshot: FlowSnapshot,
    readonly host: FlowHost,
    readonly signal: AbortSignal | undefined,
  ) {
    this.#number = snapshot.superstep + 1;
  }

  run(task: PlannedTask): MaybePromise<TaskEnd> {
    const { plan, host, signal, snapshot } = this;
    const node = plan.nodesByName.get(task.node) as NodePlan;
    const key = `${host.prefix ?? ""}${this.#number}/${keyOfTask(task)}`;
    const isSent = task.payload !== undefined;
    const run = new TaskRun(plan, node, task.index, this.#number, key, host, signal, isSent);
    const input = task.payload === undefined ? snapshot.values : task.payload;
    const end = runTask(run, input, snapshot.tasks.length > 1);
    if (!host.emit) return end;
    return chain(end, (it) => {
      if (it.kind === "done") this.#tellFinished(node, task.index, it);
      return it;
    });
  }

  /** As many at once as the graph allows. */
  runAll(): MaybePromise<readonly TaskEnd[]> {
    const { tasks } = this.snapshot;
    const { concurrency } = this.plan;
    const ends: TaskEnd[] = [];
    let begun = 0;
    let running = 0;
    let isFailed = false;
    let settle: ((ends: readonly TaskEnd[]) => void) | undefined;
    const note = (place: number, end: TaskEnd) => {
      ends[place] = end;
      if (end.kind === "failed") isFailed = true;
    };
    const beginMore = () => {
      while (begun < tasks.length && running < concurrency && !isFailed && !this.signal?.aborted) {
        const place = begun++;
        const end = this.run(tasks[place] as PlannedTask);
        if (!isPromise(end)) note(place, end);
        else {
          running++;
          void end.then((it) => {
            running--;
            note(place, it);
            beginMore();
          });
        }
      }
      if (running === 0) settle?.(ends);
    };
    beginMore();
    return running === 0 ? ends : new Promise((resolve) => (settle = resolve));
  }

  finish(ends: readonly TaskEnd[]): MaybePromise<Advance> {
    // A node may have aborted its own run, in which case not all tasks were begun.
    this.signal?.throwIfAborted();
    const { plan, snapshot } = this;
    const outcomes: TaskOutcome[] = [];
    let waits: WaitFor[] | undefined;
    for (const end of ends) {
      if (end.kind === "failed") throw end.error;
      if (end.kind === "done") outcomes.push(end.outcome);
      else {
        waits ??= [];
        waits.push(...end.on);
      }
    }
    if (waits) return { kind: "waiting", on: waits };
    const writes = this.#writes(outcomes);
    const from = { values: snapshot.values, bytes: Snapshot.bytesOf(snapshot) };
    return chain(writeState(plan, from, writes), ({ values, bytes }) =>
      chain(route(plan, snapshot.joins, snapshot.tasks, outcomes, values), ({ tasks, joins }) => {
        const next = new Snapshot(this.#number, values, tasks, joins, bytes);
        return this.#advanced(next, writes);
      }),
    );
  }

  #writes(outcomes: readonly TaskOutcome[]): readonly TaskWrite[] {
    const { tasks } = this.snapshot;
    const byTask = outcomes.map(({ updates }, place) =>
      updates.map((update): TaskWrite => ({ node: (tasks[place] as PlannedTask).node, update })),
    );
    if (byTask.length === 1) return byTask[0] as readonly TaskWrite[];
    refuseConflicts(this.plan, byTask);
    return byTask.flat();
  }

  #advanced(snapshot: Snapshot, writes: readonly TaskWrite[]): Advance {
    const { superstep, tasks, joins, values } = snapshot;
    const { host } = this;
    const delta: FlowDelta = hasJoins(joins)
      ? { superstep, writes, tasks, joins }
      : { superstep, writes, tasks };
    host.emit?.({ type: "state", runId: host.runId, path: [], superstep, state: values });
    if (tasks.length > 0) return { kind: "advanced", delta, snapshot };
    return { kind: "finished", delta, snapshot, output: values };
  }

  #tellFinished(node: NodePlan, index: number, end: Extract<TaskEnd, { kind: "done" }>): void {
    const { host } = this;
    const update: JsonObject = Object.assign({}, ...end.outcome.updates);
    const base = { runId: host.runId, path: [], superstep: this.#number, node: node.name, index };
    host.emit?.({ type: "node-finished", ...base, update, from: end.from });
  }
}

function hasJoins(joins: FlowDelta["joins"]): boolean {
  for (const _ in joins) return true;
  return false;
}
