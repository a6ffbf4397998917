import { type IssueFact, systemClock } from "@salesagent/ports";
import type { Approvals, Effects } from "../effects/index.js";
import { invalidGraph } from "../graph/graph-errors.js";
import {
  type CompiledGraph,
  type CompileOptions,
  END,
  type InputOf,
  START,
  StateGraph,
  type StateOf,
  type UpdateOf,
} from "../graph/index.js";
import { checkWhole } from "../resilience/check-option.js";
import { findTool, findWorkflow } from "./check-nodes.js";
import { checkWorkflow } from "./check-workflow.js";
import type { SubWorkflowNode, WorkflowDefinition, WorkflowNode } from "./definition.js";
import { type NodeMeans, nodeFunction } from "./node-function.js";
import type { WorkflowRegistry } from "./registry.js";
import { subWorkflowOptions } from "./sub-workflow.js";
import { WorkflowMap } from "./workflow-map.js";
import { type WorkflowShape, workflowShape } from "./workflow-state.js";

/** What a workflow is compiled with: what its nodes name, and how its graph runs. */
export interface WorkflowOptions extends WorkflowRegistry, Omit<CompileOptions, "name" | "version"> {
  /** What tools that write run through; needed where a node names one. */
  readonly effects?: Effects | undefined;
  /**
   * Where approval nodes put their questions: persons see them there, and decide each once; the decision wakes the run, and nothing
   * else is taken for one. @defaultValue none: whoever resumes the run says who decided
   */
  readonly approvals?: Pick<Approvals, "request" | "verify"> | undefined;
  /** Nodes that a run may go through, with their loops. @defaultValue 1,000 */
  readonly recursionLimit?: number;
  /** How much of inputs and outputs the log keeps, in characters of JSON; a whole number ≥ 0. @defaultValue 1,000 */
  readonly maxLoggedChars?: number;
}

/** A workflow that can be run: `invoke({ input: { … } }, { tenant })`. */
export type CompiledWorkflow = CompiledGraph<
  StateOf<WorkflowShape>,
  UpdateOf<WorkflowShape>,
  InputOf<WorkflowShape>
>;

/**
 * Checks a definition, and makes a graph of it: the same engine runs it, with the same checkpointers.
 *
 * @param definition - Plain JSON, from anywhere.
 * @throws SalesAgentError `graph.invalid` with what {@link checkWorkflow} finds, and tools that write without `effects`;
 *   RangeError naming the option.
 */
export function compileWorkflow(definition: unknown, options: WorkflowOptions = {}): CompiledWorkflow {
  checkWhole("compileWorkflow.maxLoggedChars", options.maxLoggedChars ?? 0, 0);
  const issues = [...checkWorkflow(definition, options)];
  // A definition without issues is one.
  const sound = definition as WorkflowDefinition;
  if (issues.length === 0) issues.push(...unguarded(sound, options, new Set()));
  if (issues.length > 0) throw invalidGraph(nameOf(definition), issues);
  return build(sound, options, new Map());
}

function nameOf(definition: unknown): string {
  const { name } = (definition ?? {}) as { readonly name?: unknown };
  return typeof name === "string" ? name : "workflow";
}

/** @param checked - Sub-workflows that were told of. */
function unguarded(
  { nodes }: WorkflowDefinition,
  options: WorkflowOptions,
  checked: Set<WorkflowDefinition>,
): readonly IssueFact[] {
  if (options.effects) return [];
  return nodes.flatMap((node) => {
    const path = `nodes.${node.id}`;
    if (node.kind === "workflow") {
      const inner = findWorkflow(options, node);
      if (!inner || checked.has(inner)) return [];
      checked.add(inner);
      return unguarded(inner, options, checked).map((issue) => ({
        ...issue,
        path: `${path}.workflow.${issue.path}`,
      }));
    }
    if (node.kind !== "tool" || findTool(options, node.tool)?.effect !== "write") return [];
    return [{ path: `${path}.tool`, message: `the tool "${node.tool}" writes: compile with effects` }];
  });
}

/** Sub-workflows that were built: one that is used in many places is built once. */
type Built = Map<WorkflowDefinition, CompiledWorkflow>;

function build(definition: WorkflowDefinition, options: WorkflowOptions, built: Built): CompiledWorkflow {
  const { agents, tools, workflows, effects, approvals, maxLoggedChars = 1_000, ...compileOptions } = options;
  const { clock = systemClock, random = Math.random, recursionLimit = 1_000 } = options;
  const map = new WorkflowMap(definition);
  const means: NodeMeans = {
    ...{ map, effects, approvals, clock, random, maxLoggedChars },
    agents: new Map(agents?.map((agent) => [agent.name, agent] as const)),
    tools: new Map(tools?.map((tool) => [tool.name, tool] as const)),
  };
  const graph = new StateGraph<WorkflowShape, string>(workflowShape(definition.input ?? {}));
  for (const node of definition.nodes) {
    if (node.kind === "workflow") addSubWorkflow(graph, node, innerOf(node, options, built), means);
    else graph.addNode(node.id, nodeFunction(node, means), { ends: endsOf(node, map) });
  }
  graph.addEdge(START, definition.start);
  for (const node of definition.nodes) addEdges(graph, node, map);
  const { name, version } = definition;
  return graph.compile({ ...compileOptions, recursionLimit, name, version });
}

/** What runs within another run is kept by that one. */
function innerOf(node: SubWorkflowNode, options: WorkflowOptions, built: Built): CompiledWorkflow {
  const definition = findWorkflow(options, node) as WorkflowDefinition;
  const { checkpointer: _outer, ...others } = options;
  const inner = built.get(definition) ?? build(definition, others, built);
  built.set(definition, inner);
  return inner;
}

function addSubWorkflow(
  graph: StateGraph<WorkflowShape, string>,
  node: SubWorkflowNode,
  inner: CompiledWorkflow,
  means: NodeMeans,
): void {
  const { retry, timeoutMs } = node;
  graph.addNode(node.id, inner, {
    ...subWorkflowOptions(node, inner.name, means),
    ...(retry && { retry }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** Nodes that choose say themselves where they go on. */
const chooses = ({ id, kind }: WorkflowNode, map: WorkflowMap): boolean =>
  kind !== "parallel" && map.exits(id).length > 1;

function endsOf(node: WorkflowNode, map: WorkflowMap): readonly string[] {
  return chooses(node, map) ? map.exits(node.id).map(({ to }) => map.target(node.id, to)) : [];
}

function addEdges(graph: StateGraph<WorkflowShape, string>, node: WorkflowNode, map: WorkflowMap): void {
  if (node.kind === "end") graph.addEdge(node.id, END);
  else if (!chooses(node, map)) {
    for (const { to } of map.exits(node.id)) graph.addEdge(node.id, map.target(node.id, to));
  }
  if (node.kind !== "parallel") return;
  const ends = map.branchesOf(node).map(({ end }) => end);
  for (const end of ends) graph.addNode(end, () => undefined);
  graph.addEdge(ends, map.target(node.id, node.join));
}
