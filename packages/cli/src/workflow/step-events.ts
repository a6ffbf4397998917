import type { GraphEvent } from "@salesagent/core/graph";
import type { WorkflowLogEntry, WorkflowStepEvent } from "@salesagent/core/workflow";
import type { JsonObject, JsonValue } from "@salesagent/ports";

/** An event of a workflow's run as its lines tell it: what a node gave, and not how the state keeps it. */
export function toldOfWorkflow(event: GraphEvent): GraphEvent | undefined {
  if ("node" in event && isSeam(event.node)) return undefined;
  if (event.type === "node-finished") return { ...event, update: inShort(event.node, event.update) };
  if (event.type !== "custom" || !isStep(event.data)) return event;
  const { node, status, error } = event.data;
  if (status !== "failed" && status !== "retrying") return undefined;
  const again = status === "failed" ? "" : ", and is tried again";
  return { ...event, data: { type: `${node} failed${again}: ${error?.message ?? "nobody knows why"}` } };
}

/** Where branches end is a node of the graph, and none of the workflow. */
const isSeam = (node: string): boolean => node.includes(".");

function isStep(data: JsonValue): data is WorkflowStepEvent {
  return typeof data === "object" && data !== null && "type" in data && data["type"] === "workflow-step";
}

/** What a node wrote of itself. A type and not an interface, so that it is a `JsonObject`. */
type NodeUpdate = {
  readonly steps?: Readonly<Record<string, { readonly value?: JsonValue }>>;
  readonly log?: readonly WorkflowLogEntry[];
};

/** What a node gave, of all that it wrote. */
export function inShort(node: string, update: JsonObject): JsonObject {
  const { steps = {}, log = [] } = (update ?? {}) as NodeUpdate;
  const { outcome, error } = log.at(-1) ?? {};
  const value = steps[node]?.value;
  return {
    ...(outcome && { "came to": outcome }),
    ...(error && { why: error.message }),
    ...(value === undefined ? {} : isFields(value) ? value : { gave: value }),
  };
}

function isFields(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
