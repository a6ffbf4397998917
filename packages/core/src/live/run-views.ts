import {
  type CallOptions,
  ERASED,
  type FlowRecord,
  type FlowState,
  type JsonObject,
  type JsonValue,
  type PartsCost,
  type RunStatus,
  type StreamRecord,
  type TenantStores,
} from "@salesagent/ports";
import { waitsOf } from "../graph/durable/flow-run.js";
import { look } from "../graph/durable/run-view.js";
import { inputOf } from "../graph/durable/stored-graphs.js";
import { KEPT_UNDER, storedWorkflowOf } from "../workflow/stored-workflow-of.js";
import { type AgentRunOutput, type AgentRunRequest, agentOfGraph, isRunIdKey } from "./agent-run-graph.js";
import type { LiveRunSummary, LiveRunView } from "./live-runs.js";
import type { LiveStreams } from "./live-streams.js";
import { approvalsOf } from "./run-observer.js";
import { lastStream } from "./run-stream-id.js";

/** A run's record, in short. */
export function summaryOf(record: FlowRecord): LiveRunSummary {
  const { id, status, error, stop, threadId, createdAt, updatedAt } = record;
  const leadId = requestOf(record)?.leadId;
  return {
    ...{ id, ...nameOf(record), status, createdAt, updatedAt },
    ...(error && { error }),
    ...(stop && { stop }),
    ...(threadId !== undefined && { threadId }),
    ...(leadId !== undefined && { leadId }),
  };
}

/** Runs in short, with what they cost: of all of them in one question. */
export async function listed(
  { runs }: Pick<TenantStores, "runs">,
  records: readonly FlowRecord[],
  call?: CallOptions,
): Promise<readonly LiveRunSummary[]> {
  if (records.length === 0) return [];
  const costs = await runs.costsOfParts(
    records.map(({ id }) => id),
    call,
  );
  const costOf = new Map(costs.map((cost) => [cost.parentRunId, cost]));
  return records.map((record) => {
    const costUsd = listedCost(record, costOf.get(record.id));
    return { ...summaryOf(record), ...(costUsd !== undefined && { costUsd }) };
  });
}

/** A life that is not on record may have cost something. */
function listedCost(record: FlowRecord, cost: PartsCost | undefined): number | undefined {
  const { runIds = [], summary } = resultOf(record) ?? {};
  return cost !== undefined && cost.parts >= runIds.length ? cost.costUsd : toldCost(summary);
}

/** What a run of an agent was begun with; nothing of another run, and where it is erased. */
function requestOf({ graph, input }: FlowRecord): AgentRunRequest | undefined {
  if (agentOfGraph(graph) === undefined) return undefined;
  return ((input ?? {}) as { readonly request?: AgentRunRequest }).request;
}

/** What a run of an agent came to. */
function resultOf({ graph, output }: FlowRecord): Partial<AgentRunOutput> | undefined {
  if (agentOfGraph(graph) === undefined) return undefined;
  return ((output ?? {}) as { readonly result?: AgentRunOutput }).result ?? undefined;
}

function nameOf(record: FlowRecord): Pick<LiveRunSummary, "kind" | "name" | "version"> {
  const agent = agentOfGraph(record.graph);
  if (agent !== undefined) return { kind: "agent", name: agent };
  if (record.graph !== KEPT_UNDER) return { kind: "graph", name: record.graph, version: record.version };
  // A run that told of a person has no input any more, and with it goes what it was a run of.
  const { workflow, version } = storedWorkflowOf(record) ?? { workflow: ERASED, version: ERASED };
  return { kind: "workflow", name: workflow, version };
}

/** All that is known of a run. @returns Nothing for one that is unknown. */
export async function viewOf(
  stores: TenantStores,
  streams: Pick<LiveStreams, "get">,
  id: string,
  call: CallOptions,
): Promise<LiveRunView | undefined> {
  const state = await look(stores.flows, id, call.signal);
  if (!state) return undefined;
  const { record } = state;
  const told = await lastStream(streams, { tenant: stores.tenant, id }, call);
  const end = told && (await toldEnd(stores, record, told.record, call));
  const { streamId, startedBy, leadId, error } = told ? streamFacts(told.record) : {};
  const { input, output, runIds, summary } = { ...contentOf(state), ...end?.content };
  const waitsFor = waitsOf(state);
  const costUsd =
    agentOfGraph(record.graph) === undefined
      ? (await stores.runs.costsOfParts([id], call))[0]?.costUsd
      : await costOf(stores, runIds, summary, call);
  return {
    ...summaryOf(record),
    ...(end && { status: end.status }),
    // The stream tells the failure itself, the record what the graph made of it.
    ...(record.status === "failed" && error && { error }),
    ...(streamId !== undefined && { streamId }),
    ...(startedBy !== undefined && { startedBy }),
    ...(leadId !== undefined && { leadId }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...{ waitsFor, approvals: approvalsOf(waitsFor), runIds },
    ...(costUsd !== undefined && { costUsd }),
  };
}

/** How a run ended is told a moment before it is put on record, and whoever heard of it may ask at once. */
async function toldEnd(
  { streams }: TenantStores,
  { status }: FlowRecord,
  told: StreamRecord,
  call: CallOptions,
): Promise<{ readonly status: RunStatus; readonly content?: Partial<Content> } | undefined> {
  if (status !== "running" && status !== "pending") return undefined;
  if (told.status === "cancelled") return { status: told.status };
  if (told.status !== "completed") return undefined;
  const last = await streams.read(told.id, { after: Math.max(0, told.last - 1), limit: 1 }, call);
  const { output = null, summary = null } = (last?.events[0]?.data ?? {}) as JsonObject;
  return { status: told.status, content: { output, summary } };
}

function streamFacts({ id, startedBy, leadId, error }: StreamRecord) {
  return { streamId: id, startedBy, leadId, error };
}

interface Content {
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly runIds: readonly string[];
  readonly summary?: JsonValue;
}

/** What a run was given and came to, without what it is kept in. */
function contentOf({ record, steps }: FlowState): Content {
  const output = (record.output ?? undefined) as JsonObject | undefined;
  if (agentOfGraph(record.graph) !== undefined) {
    const [request, result] = [requestOf(record), resultOf(record)];
    const remembered = steps.flatMap(({ key, value }) =>
      isRunIdKey(key) && typeof value === "string" ? [value] : [],
    );
    return {
      runIds: result?.runIds ?? remembered,
      ...(request && { input: request.input }),
      ...(result && { output: result.output ?? null, summary: result.summary ?? null }),
    };
  }
  const input = inputOf(record);
  if (record.graph !== KEPT_UNDER) {
    return { runIds: [], input, ...(output !== undefined && { output }) };
  }
  const { input: begunWith = input } = (input ?? {}) as JsonObject;
  return { runIds: [], input: begunWith, ...(output && { output: output["output"] ?? null }) };
}

/** What the model calls of all lives cost; nothing where one of them is not known. */
async function costOf(
  { runs, modelCalls }: TenantStores,
  runIds: readonly string[],
  summary: JsonValue | undefined,
  call: CallOptions,
): Promise<number | undefined> {
  let costUsd = 0;
  for (const runId of runIds) {
    const run = await runs.get(runId, call);
    if (run?.costUsd !== undefined) {
      costUsd += run.costUsd;
      continue;
    }
    // A run that died has no sum on record; its calls may have one each.
    const { items, next } = await modelCalls.list({ runId }, { limit: 1_000 }, call);
    if (!run || next !== undefined) return toldCost(summary);
    for (const { costUsd: one } of items) {
      if (one === undefined) return undefined;
      costUsd += one;
    }
  }
  return runIds.length === 0 ? undefined : costUsd;
}

/** Of an agent that keeps no records. */
function toldCost(summary: JsonValue | undefined): number | undefined {
  const { costUsd } = (summary ?? {}) as JsonObject;
  return typeof costUsd === "number" ? costUsd : undefined;
}
