import {
  type FlowRecord,
  type FlowState,
  type FlowStore,
  type JsonObject,
  SalesAgentError,
  type StoredError,
} from "@salesagent/ports";
import type { GraphEvent } from "../graph-event.js";
import type { GraphPlan } from "../graph-plan.js";
import type { RunOutcome, RunScope, RunView } from "../graph-runs.js";
import { type FlowRunEnd, waitsOf } from "./flow-run.js";
import { type CurrentRun, forkOf, isEmptied, readBack, readCurrent, readHistory } from "./read-back.js";
import { versionOf } from "./stored-graphs.js";

/** A run as it stands, in the graph's version. */
export async function runView<State>(plan: GraphPlan, state: FlowState): Promise<RunView<State>> {
  const { record } = state;
  const isGone = isEmptied(state);
  const { snapshot, blocked } = isGone ? outputOf(record) : await readable(plan, state);
  const { status, error, stop, threadId, createdAt } = record;
  const fork = forkOf(record);
  return {
    ...{ runId: record.id, status, version: versionOf(record, plan), createdAt, on: waitsOf(state) },
    superstep: snapshot?.superstep ?? 0,
    state: (snapshot?.values ?? {}) as JsonObject & State,
    next: snapshot?.tasks.map(({ node }) => node) ?? [],
    ...(blocked && { blocked }),
    ...(isGone && { isEmptied: true }),
    ...(error && { error }),
    ...(stop && { stop }),
    ...(threadId !== undefined && { threadId }),
    ...(fork && { forkOf: { runId: fork.runId, superstep: fork.superstep } }),
  };
}

/** @throws TypeError where nobody says whose run it is. */
export function tenantOf({ tenant }: Pick<RunScope, "tenant">, otherwise: string | undefined): string {
  const known = tenant ?? otherwise;
  if (known === undefined)
    throw new TypeError("options.tenant must be given: durable runs belong to a tenant");
  return known;
}

/** All that a run is, whoever has it: one that is claimed between the two questions is asked for again. */
export async function look(
  flows: FlowStore,
  runId: string,
  signal: AbortSignal | undefined,
): Promise<FlowState | undefined> {
  for (;;) {
    const record = await flows.get(runId, { signal });
    if (!record) return undefined;
    try {
      return await flows.load(runId, record.fence, { signal });
    } catch (error) {
      if (!SalesAgentError.is(error, "flow.fenced")) throw error;
    }
  }
}

/** All that is left of a run that was emptied. */
function outputOf({ seq, output }: FlowRecord): Readable {
  const values = (output ?? {}) as JsonObject;
  return { snapshot: { superstep: seq, values, tasks: [], joins: {} } };
}

interface Readable {
  readonly snapshot?: CurrentRun["snapshot"];
  readonly blocked?: StoredError;
}

/** A run in the graph's version, or in its own with the reason why it can't go on in that one. */
async function readable(plan: GraphPlan, state: FlowState): Promise<Readable> {
  try {
    return await readCurrent(plan, state);
  } catch (error) {
    if (SalesAgentError.is(error, "graph.version_unknown")) return { blocked: toStored(error) };
    if (!SalesAgentError.is(error, "graph.migration_refused")) throw error;
    const snapshot = await readBack(plan, state).catch(() => undefined); // what blocks it may be just that
    return { ...(snapshot && { snapshot }), blocked: toStored(error) };
  }
}

const toStored = ({ code, message }: SalesAgentError): StoredError => ({ code, message });

export async function lastSuperstep(plan: GraphPlan, flows: FlowStore, record: FlowRecord): Promise<number> {
  const points = await readHistory(plan, flows, record);
  return points[points.length - 1]?.snapshot.superstep ?? 0;
}

export function lastEvent<State>(outcome: RunOutcome<State>): GraphEvent {
  const { runId } = outcome;
  const state = outcome.state as State & JsonObject;
  if (outcome.status === "completed") return { type: "run-completed", runId, path: [], state };
  return { type: "interrupted", runId, path: [], state, on: outcome.on };
}

/** What failed: the error itself where it happened in this process, else what is on record of it. */
export function failureOf({ id, graph, error }: FlowRecord, end: FlowRunEnd | undefined): unknown {
  if (end?.kind === "failed") return end.error;
  return new SalesAgentError("graph.node_failed", {
    message: `The run ${id} failed (${error?.code ?? "internal"}): ${error?.message ?? "unknown failure"}`,
    facts: { graph, node: "", attempts: 0 },
    replay: "unsafe",
  });
}
