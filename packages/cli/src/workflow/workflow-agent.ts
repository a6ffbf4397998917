import { memoryCheckpointer } from "@salesagent/core/graph";
import type { WorkflowAgent } from "@salesagent/core/workflow";
import { createSortableIds, type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import type { AgentEntry, AgentMeans } from "../agents/agent-entry.js";

type RunOptions = Parameters<WorkflowAgent["run"]>[1];

/** An agent of the command line as a node of a workflow runs it: to its end, within the node. */
export function workflowAgent(entry: AgentEntry, means: AgentMeans): WorkflowAgent {
  return {
    name: entry.name,
    run: (input: JsonValue, options) => ({ output: () => outputOf(entry, means, input, options) }),
  };
}

async function outputOf(
  { name, work, toResult }: AgentEntry,
  means: AgentMeans,
  given: JsonValue,
  options: RunOptions,
): Promise<JsonObject> {
  const input = objectOf(name, given);
  const { tenant, effectScope, signal = new AbortController().signal } = options;
  const parentRunId = effectScope?.runId;
  if (work.kind === "agent") {
    const runId = createSortableIds(means.clock)();
    const call = { ...options, tenant, signal, runId, parentRunId };
    const { output } = await work.open(means).run(input, call).result();
    return toResult(toData(output));
  }
  // Kept for as long as the node runs, under the id of the workflow's run, of which its agents are parts.
  const { graph } = work.open({ ...means, checkpointer: memoryCheckpointer() });
  const outcome = await graph.invoke(input, { tenant, signal, runId: parentRunId }).catch(throwCause);
  if (outcome.status === "completed") return toResult(toData(outcome.state));
  throw new TypeError(`${name} waits for somebody, which an agent of a workflow can't`);
}

/** The workflow names its own node; which one of the agent's failed would only stand in the way. */
function throwCause(error: unknown): never {
  throw SalesAgentError.is(error, "graph.node_failed") && error.cause instanceof Error ? error.cause : error;
}

function objectOf(name: string, input: JsonValue): JsonObject {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as JsonObject;
  throw new TypeError(`${name} takes fields: give the node an input, or the whole input as an object`);
}

/** What agents and graphs give is plain data by their schemas, but for fields that are undefined. */
const toData = (output: unknown): JsonObject => JSON.parse(JSON.stringify(output)) as JsonObject;
