import type { SalesAgentError } from "../error.js";
import type { JsonValue } from "../json.js";
import type { WorkflowRecord } from "../stores/workflow-store.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** A version of a workflow as it is given to a store. */
export type WorkflowDraft = Omit<WorkflowRecord, "active" | "createdAt">;

/** @throws `store.invalid`. */
export function toNormalWorkflow(workflow: WorkflowDraft): WorkflowDraft {
  const { name, version, definition, createdBy, note } = workflow;
  const toName = (field: string, value: string) => toNormalId("workflows", `workflow.${field}`, value);
  if (!isPlainObject(definition)) {
    throw invalidValue("workflows", "workflow.definition", "a definition is a JSON object");
  }
  return Object.freeze({
    name: toName("name", name),
    version: toName("version", version),
    definition: toStorable("workflows", "workflow.definition", definition),
    ...(createdBy === undefined ? {} : { createdBy: toName("createdBy", createdBy) }),
    ...(note === undefined ? {} : { note: toStorable("workflows", "workflow.note", note) }),
  });
}

/** A version stands already with another definition. */
export function workflowVersionTaken(): SalesAgentError<"store.invalid"> {
  return invalidValue(
    "workflows",
    "workflow.version",
    "it stands already with another definition, and versions never change; give this one a version of its own",
  );
}

/** Whether two values are the same JSON, in whatever order their properties are. */
export function isSameJson(left: JsonValue, right: JsonValue): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return left === right;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item: JsonValue, index) => isSameJson(item, right[index] ?? null));
  }
  const entries = Object.entries(left);
  if (entries.length !== Object.keys(right).length) return false;
  const others = new Map<string, JsonValue>(Object.entries(right));
  return entries.every(([name, item]) => {
    const other = others.get(name);
    return other !== undefined && isSameJson(item, other);
  });
}
