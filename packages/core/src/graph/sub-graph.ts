import type { JsonObject, JsonValue } from "@salesagent/ports";
import { advance } from "./advance.js";
import { applyDelta } from "./apply-delta.js";
import { begin, seed } from "./begin.js";
import type { FlowDelta, FlowHost, FlowSnapshot, TaskWrite } from "./flow.js";
import type { GraphPlan, SubGraphRun } from "./graph-plan.js";
import type { MaybePromise } from "./maybe-promise.js";
import { toOutcome } from "./run-task.js";
import { asJson } from "./state-size.js";
import type { TaskEnd, TaskOutcome, TaskRun } from "./task-run.js";

/** How the state of a sub-graph and the state around it go together. */
export interface SubGraphPlan {
  readonly graph: GraphPlan;
  /** Absent: fields of the same name. */
  readonly input: ((state: JsonValue) => unknown) | undefined;
  readonly output: ((state: JsonObject) => unknown) | undefined;
}

/**
 * Runs a graph as a node of another. Its steps, its waits and the deltas of its supersteps are kept by the run around it,
 * under the task's key, so that it goes on where it was.
 */
export const subGraphRun =
  (work: SubGraphPlan): SubGraphRun =>
  (run, input, signal) =>
    runSubGraph(run, work, input, signal);

async function runSubGraph(
  run: TaskRun,
  work: SubGraphPlan,
  input: JsonValue,
  signal: AbortSignal | undefined,
): Promise<TaskEnd> {
  const { graph } = work;
  const host = innerHost(run);
  const writes: TaskWrite[] = [];
  let snapshot = await beginInner(run, work, input);
  while (snapshot.tasks.length > 0) {
    const key = `${run.key}/${snapshot.superstep + 1}`;
    const kept = run.recall(key) as FlowDelta | undefined;
    if (kept === undefined) {
      const step = await advance(graph, snapshot, host, signal);
      if (step.kind === "waiting") return step;
      await run.remember(key, asJson(step.delta));
      writes.push(...step.delta.writes);
      snapshot = step.snapshot;
    } else {
      writes.push(...kept.writes);
      snapshot = applyDelta(graph, snapshot, kept);
    }
  }
  return { kind: "done", outcome: await outcomeOf(run, work, snapshot.values, writes), from: "run" };
}

/** The keys of the sub-graph's tasks begin with the task's own; its events say where they are from. */
function innerHost(run: TaskRun): FlowHost {
  const { host, node } = run;
  return {
    runId: host.runId,
    tenant: host.tenant,
    clock: host.clock,
    random: host.random,
    fence: host.fence,
    prefix: `${run.key}/`,
    recall: (key) => run.recall(key),
    remember: (key, value, taken) => run.remember(key, value, taken),
    event: (name) => host.event(name),
    emit: host.emit && ((event) => host.emit?.({ ...event, path: [node.name, ...event.path] })),
  };
}

/** A payload is an input, as it would be for `invoke`; the state around shares its fields. */
function beginInner(run: TaskRun, work: SubGraphPlan, input: JsonValue): MaybePromise<FlowSnapshot> {
  if (work.input) return begin(work.graph, work.input(input));
  if (run.isSent) return begin(work.graph, input);
  const state = input as JsonObject;
  const shared: Record<string, JsonValue> = {};
  for (const name of work.graph.fields.keys()) {
    const value = state[name];
    if (value !== undefined && run.plan.fields.has(name)) shared[name] = value;
  }
  return seed(work.graph, shared);
}

/**
 * What the sub-graph says to the graph around it: what `output` gives, or its writes to the fields that both have. Where both
 * reduce a field, each write goes out as it was made: the value would bring along what was there before.
 */
function outcomeOf(
  run: TaskRun,
  work: SubGraphPlan,
  values: JsonObject,
  writes: readonly TaskWrite[],
): MaybePromise<TaskOutcome> {
  if (work.output) return toOutcome(run, work.output(values));
  const updates: JsonObject[] = [];
  const last: Record<string, JsonValue> = {};
  for (const { update } of writes) {
    for (const [name, value] of Object.entries(update)) {
      const outer = run.plan.fields.get(name);
      if (!outer) continue;
      if (outer.reducer && work.graph.fields.get(name)?.reducer) updates.push({ [name]: value });
      else last[name] = values[name] as JsonValue;
    }
  }
  return { updates: Object.keys(last).length > 0 ? [...updates, last] : updates };
}
