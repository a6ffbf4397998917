import type { IssueFact, JsonObject } from "@salesagent/ports";
import { type Condition, pathsOfCondition } from "./condition.js";
import { parsePath } from "./data-path.js";
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from "./definition.js";
import { type Mapping, type PathUse, pathsOfSource, type Source } from "./mapping.js";
import type { WorkflowMap } from "./workflow-map.js";

/** A path that a node reads, and where the definition says so. */
interface Read extends PathUse {
  readonly node: string;
  readonly place: string;
}

/** Whether what nodes and conditions read is there by then, or has a default. */
export function* checkReads(definition: WorkflowDefinition, map: WorkflowMap): Generator<IssueFact> {
  const before = ranBefore(map);
  for (const node of map.nodes.values()) {
    for (const read of [...readsOfNode(node), ...readsOfEdges(node.id, map.exits(node.id))]) {
      const message = problemOf(read, definition, map, before.get(node.id));
      if (message !== undefined) yield { path: `nodes.${node.id}.${read.place}`, message };
    }
  }
}

function problemOf(
  { path, isOptional }: Read,
  { input }: WorkflowDefinition,
  map: WorkflowMap,
  before: ReadonlySet<string> | undefined,
): string | undefined {
  const [root, name] = parsePath(path) ?? [];
  if (root === "input") return name === undefined ? undefined : inputProblem(input, name, isOptional);
  if (root !== "steps" && root !== "errors")
    return `"${path}" begins with none of /input, /steps and /errors`;
  if (name === undefined || !map.nodes.has(name)) return `"${path}" names no node`;
  if (isOptional || before?.has(`${root}/${name}`)) return undefined;
  const what = root === "steps" ? "have given nothing" : "not have failed";
  return `"${path}": "${name}" may ${what} by then; give a default, or lead the way through it`;
}

function inputProblem(schema: JsonObject | undefined, name: string, isOptional: boolean): string | undefined {
  const { properties, required = [] } = (schema ?? {}) as {
    readonly properties?: JsonObject;
    readonly required?: readonly string[];
  };
  if (!properties || (required.includes(name) && Object.hasOwn(properties, name))) return undefined;
  if (!Object.hasOwn(properties, name)) return `the input has no "${name}"`;
  return isOptional ? undefined : `the input's "${name}" may be missing; require it, or give a default`;
}

function readsOfNode(node: WorkflowNode): readonly Read[] {
  const read = (place: string, source: Source | undefined) =>
    source ? pathsOfSource(source).map((use) => ({ ...use, node: node.id, place })) : [];
  const readAll = (place: string, mapping: Mapping = {}) =>
    Object.entries(mapping).flatMap(([name, source]) => read(`${place}.${name}`, source));
  switch (node.kind) {
    case "agent":
    case "tool":
    case "workflow":
      return [...readAll("input", node.input), ...read("wholeInput", node.wholeInput)];
    case "approval":
      return readAll("ask", node.ask);
    case "end":
      return [...readAll("output", node.output), ...read("wholeOutput", node.wholeOutput)];
    default:
      return [];
  }
}

function readsOfEdges(node: string, edges: readonly WorkflowEdge[]): readonly Read[] {
  const read = ({ to }: WorkflowEdge, when: Condition) =>
    pathsOfCondition(when).map((use) => ({ ...use, node, place: `when(${to})` }));
  return edges.flatMap((edge) => (edge.when === undefined ? [] : read(edge, edge.when)));
}

/** What is known before each node and each branch's end, on whatever way it was reached: `steps/<node>`, `errors/<node>`. */
function ranBefore(map: WorkflowMap): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>([[map.start, new Set()]]);
  const open = [map.start];
  for (let from = open.shift(); from !== undefined; from = open.shift()) {
    for (const [to, facts] of onward(map, from, known)) {
      const standing = known.get(to);
      const next = standing ? new Set([...standing].filter((fact) => facts.has(fact))) : facts;
      if (next.size === standing?.size) continue;
      known.set(to, next);
      open.push(to);
    }
  }
  return known;
}

/** What is known at each place that comes next: after a branch's end the join, once something is known of all branches. */
function* onward(
  map: WorkflowMap,
  from: string,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): Generator<readonly [string, ReadonlySet<string>]> {
  const branch = map.branches.find(({ end }) => end === from);
  if (branch) {
    const { parallel } = branch;
    const ends = map.branchesOf(parallel).map(({ end }) => known.get(end));
    if (ends.some((facts) => facts === undefined)) return;
    yield [map.target(parallel.id, parallel.join), new Set(ends.flatMap((facts) => [...(facts ?? [])]))];
  }
  for (const { to, on } of map.exits(from)) {
    const [added, gone] = on === "error" ? ["errors", "steps"] : ["steps", "errors"];
    const facts = new Set(known.get(from)).add(`${added}/${from}`);
    facts.delete(`${gone}/${from}`);
    yield [map.target(from, to), facts];
  }
}
