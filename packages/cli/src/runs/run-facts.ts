import type { FlowDelta, WaitFor } from "@salesagent/core/graph";
import type {
  ApprovalRecord,
  EffectRecord,
  FlowCheckpoint,
  FlowRecord,
  JsonObject,
  ModelCallRecord,
  RunRecord,
  StepRecord,
  StoredError,
} from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import { costOfParts, partsOfRun } from "../session/cost-of-run.js";
import type { StoreSession } from "../session/open-session.js";
import { worldOf } from "../world/own-versions.js";
import { lookAtRun } from "./look-at-run.js";

const PAGE = 500;

/** What one superstep did. */
export interface StepFacts {
  readonly step: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly writes: FlowDelta["writes"];
  /** Nodes that came next. */
  readonly next: readonly string[];
}

/** All that is known of a run of a graph. */
export interface GraphFacts {
  readonly kind: "graph";
  readonly run: FlowRecord;
  readonly simulated: boolean;
  readonly state: JsonObject;
  readonly waitsFor: readonly WaitFor[];
  /** Why the state can't be read here. */
  readonly blocked?: StoredError;
  readonly steps: readonly StepFacts[];
  readonly approvals: readonly ApprovalRecord[];
  readonly effects: readonly EffectRecord[];
  /** Agents that worked for it. */
  readonly parts: readonly RunRecord[];
  /** Absent when a price is unknown. */
  readonly costUsd?: number;
}

/** All that is known of a run of an agent that works in one go. */
export interface AgentFacts {
  readonly kind: "agent";
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  readonly modelCalls: readonly ModelCallRecord[];
}

export async function graphFacts(
  store: StoreSession,
  run: FlowRecord,
  entry: AgentEntry | undefined,
): Promise<GraphFacts> {
  const { stores, approvals, tenant } = store;
  const { id: runId } = run;
  const [sight, checkpoints, asked, effects, parts] = await Promise.all([
    lookAtRun(store, run, entry),
    historyOf(store, runId),
    approvals.list({ tenant, runId }, { limit: PAGE }),
    stores.effects.list({ runId }, { limit: PAGE }),
    partsOfRun(stores.runs, run),
  ]);
  const costUsd = costOfParts(parts);
  return {
    ...{ kind: "graph", run, simulated: worldOf(run) === "rehearsal" },
    ...{ state: sight.state, waitsFor: sight.on },
    ...(sight.blocked && { blocked: sight.blocked }),
    steps: checkpoints.map(toStep),
    approvals: [...asked.items].reverse(),
    effects: [...effects.items].reverse(),
    parts,
    ...(costUsd !== undefined && { costUsd }),
  };
}

export async function agentFacts({ stores }: StoreSession, run: RunRecord): Promise<AgentFacts> {
  const [steps, calls] = await Promise.all([
    stores.steps.list(run.id, { limit: PAGE }),
    stores.modelCalls.list({ runId: run.id }, { limit: PAGE }),
  ]);
  return { kind: "agent", run, steps: steps.items, modelCalls: calls.items };
}

async function historyOf({ stores }: StoreSession, runId: string): Promise<readonly FlowCheckpoint[]> {
  const all: FlowCheckpoint[] = [];
  let after: string | undefined;
  do {
    const page = await stores.flows.history(runId, { limit: PAGE, after });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function toStep({ seq, at, delta }: FlowCheckpoint): StepFacts {
  // What the engine keeps of a superstep is plain JSON by its definition.
  const { writes, tasks } = delta as JsonObject & FlowDelta;
  return { step: seq, at, writes, next: [...new Set(tasks.map(({ node }) => node))] };
}
