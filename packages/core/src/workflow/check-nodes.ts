import type { IssueFact, JsonObject, JsonSchema } from "@salesagent/ports";
import type { AnyTool } from "../tools/tool.js";
import type { Condition } from "./condition.js";
import type { SubWorkflowNode, WorkflowDefinition, WorkflowNode } from "./definition.js";
import { schemaIssues } from "./json-schema.js";
import type { WorkflowAgent, WorkflowRegistry } from "./registry.js";

/** Whether ids are there once, and edges lead from and to nodes. */
export function* checkIds({ start, nodes, edges }: WorkflowDefinition): Generator<IssueFact> {
  const ids = new Set<string>();
  for (const { id } of nodes) {
    if (ids.has(id)) yield { path: `nodes.${id}`, message: "there are two nodes with this id" };
    ids.add(id);
  }
  if (!ids.has(start)) yield { path: "start", message: `there is no node "${start}"` };
  for (const [index, { from, to }] of edges.entries()) {
    for (const id of [from, to]) {
      if (!ids.has(id))
        yield { path: `edges[${index}]`, message: `"${from}" → "${to}": there is no node "${id}"` };
    }
  }
  for (const node of nodes) {
    if (node.kind === "parallel" && !ids.has(node.join))
      yield { path: `nodes.${node.id}.join`, message: `there is no node "${node.join}"` };
  }
}

/** Whether comparisons say what they compare with. */
export function* checkConditions({ edges }: WorkflowDefinition): Generator<IssueFact> {
  for (const { from, to, when } of edges) {
    const problem = when && conditionProblem(when);
    if (problem !== undefined) yield { path: `nodes.${from}.when(${to})`, message: problem };
  }
}

function conditionProblem(condition: Condition): string | undefined {
  if ("not" in condition) return conditionProblem(condition.not);
  if ("and" in condition || "or" in condition) {
    const parts = "and" in condition ? condition.and : condition.or;
    return parts.map(conditionProblem).find((problem) => problem !== undefined);
  }
  const { is, value, valueFrom } = condition;
  const given = [value, valueFrom].filter((it) => it !== undefined).length;
  if (is === "exists") return given === 0 ? undefined : `"exists" compares with nothing`;
  return given === 1 ? undefined : `"${is}" needs either a value or a valueFrom`;
}

/** Whether what a node runs is at hand, and given what it needs. */
export function* checkUse(node: WorkflowNode, registry: WorkflowRegistry): Generator<IssueFact> {
  const path = `nodes.${node.id}`;
  if (node.kind === "agent" || node.kind === "tool" || node.kind === "workflow") {
    if (node.input && node.wholeInput)
      yield { path: `${path}.wholeInput`, message: "it has an input too; give one of them" };
  }
  if (node.kind === "end" && node.output && node.wholeOutput)
    yield { path: `${path}.wholeOutput`, message: "it has an output too; give one of them" };
  if (node.kind === "agent" && !findAgent(registry, node.agent))
    yield { path: `${path}.agent`, message: unknown("agent", node.agent, registry.agents) };
  if (node.kind === "tool") {
    const tool = findTool(registry, node.tool);
    if (!tool) yield { path: `${path}.tool`, message: unknown("tool", node.tool, registry.tools) };
    else yield* checkFields(node, tool.inputSchema, `the tool "${tool.name}"`);
  }
  if (node.kind !== "workflow") return;
  const problem = workflowProblem(registry, node);
  if (problem !== undefined) yield { path: `${path}.workflow`, message: problem };
  const input = findWorkflow(registry, node)?.input;
  if (input && schemaIssues(input, "input").length === 0)
    yield* checkFields(node, input, `the workflow "${node.workflow}"`);
}

function* checkFields(
  { id, input = {}, wholeInput }: Extract<WorkflowNode, { kind: "tool" | "workflow" }>,
  schema: JsonSchema,
  who: string,
): Generator<IssueFact> {
  if (wholeInput) return;
  const { required = [], properties, additionalProperties } = schema as SchemaOfFields;
  for (const name of required) {
    if (!Object.hasOwn(input, name))
      yield { path: `nodes.${id}.input.${name}`, message: `it is missing, and ${who} needs it` };
  }
  if (!properties || additionalProperties !== false) return;
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(properties, name))
      yield { path: `nodes.${id}.input.${name}`, message: `${who} does not know it` };
  }
}

interface SchemaOfFields {
  readonly required?: readonly string[];
  readonly properties?: JsonObject;
  readonly additionalProperties?: unknown;
}

const findAgent = ({ agents = [] }: WorkflowRegistry, name: string): WorkflowAgent | undefined =>
  agents.find((agent) => agent.name === name);

export const findTool = ({ tools = [] }: WorkflowRegistry, name: string): AnyTool | undefined =>
  tools.find((tool) => tool.name === name);

const candidates = ({ workflows = [] }: WorkflowRegistry, { workflow, version }: SubWorkflowNode) =>
  workflows.filter((it) => it.name === workflow && (version === undefined || it.version === version));

/** The only one that it can mean. */
export function findWorkflow(
  registry: WorkflowRegistry,
  node: SubWorkflowNode,
): WorkflowDefinition | undefined {
  const found = candidates(registry, node);
  return found.length === 1 ? found[0] : undefined;
}

function workflowProblem(registry: WorkflowRegistry, node: SubWorkflowNode): string | undefined {
  const { workflow, version } = node;
  const versions = candidates(registry, node).map((it) => it.version);
  if (versions.length === 1) return undefined;
  if (versions.length > 1) return `there are several of it; say the version: ${versions.join(", ")}`;
  const name = version === undefined ? workflow : `${workflow}" of version "${version}`;
  return unknown("workflow", name, registry.workflows);
}

function unknown(what: string, name: string, known: readonly { readonly name: string }[] = []): string {
  const names = known.map((it) => it.name).join(", ");
  return `there is no ${what} "${name}"; known: ${names === "" ? "none" : names}`;
}
