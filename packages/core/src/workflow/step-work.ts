import type { Clock, JsonValue } from "@salesagent/ports";
import type { PartMemory } from "../agent/loop-memory.js";
import { EffectSlots, type Effects } from "../effects/index.js";
import type { NodeContext } from "../graph/index.js";
import { runTool } from "../tools/run-tool.js";
import type { AnyTool } from "../tools/tool.js";
import type { AgentNode, ToolNode } from "./definition.js";
import type { WorkflowAgent } from "./registry.js";
import { FailedCall } from "./step-errors.js";

/** What the work of a node is done with. */
export interface WorkMeans {
  readonly agents: ReadonlyMap<string, WorkflowAgent>;
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly effects: Effects | undefined;
  readonly clock: Clock;
}

/** One piece of work, and what it is known by. */
export interface Work {
  readonly input: JsonValue;
  readonly context: NodeContext;
  /** The same whenever this work is done again. */
  readonly scope: { readonly runId: string; readonly step: string };
}

/** @throws FailedCall, and what ends a tool's run: an unknown outcome, an approval that is required. */
export async function callTool(
  { tool: name }: ToolNode,
  { input, context, scope }: Work,
  { tools, effects, clock }: WorkMeans,
  signal: AbortSignal,
): Promise<JsonValue> {
  const { runId } = context;
  const callId = scope.step;
  const guard = effects && {
    effects,
    agent: `workflow:${context.graph}`,
    runId: scope.runId,
    slots: new EffectSlots(scope.step),
  };
  const call = { type: "tool-call", callId, name, input } as const;
  const outcome = await runTool(tools, call, { tenant: tenantOf(context), runId, signal, clock }, guard);
  if (outcome.failed) throw new FailedCall(name, callId, outcome);
  return outcome.output;
}

/** @throws What the agent's run throws. */
export async function runAgent(
  { agent: name }: AgentNode,
  { input, context, scope }: Work,
  { agents }: WorkMeans,
  signal: AbortSignal,
): Promise<JsonValue> {
  const agent = agents.get(name) as WorkflowAgent;
  const parts: PartMemory = {
    recall: (part) => context.recall(part),
    remember: (part, value) => context.remember(part, value),
  };
  const options = {
    tenant: tenantOf(context),
    signal,
    effectScope: scope,
    parts,
    delivery: "whole",
  } as const;
  const output = await agent.run(input as never, options).output();
  return JSON.parse(JSON.stringify(output) ?? "null") as JsonValue;
}

function tenantOf({ tenant }: NodeContext): string {
  if (tenant !== undefined) return tenant;
  throw new TypeError("options.tenant must be given: agents and tools work for a tenant");
}
