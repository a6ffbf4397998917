import type { IssueFact } from "@salesagent/ports";
import { END, START } from "./command.js";
import { invalidGraph } from "./graph-errors.js";
import { GraphMap } from "./graph-map.js";
import type { BranchPlan, ExitPlan, FieldPlan, GraphPlan, JoinPlan, NodePlan } from "./graph-plan.js";
import { NodeCache, type NodeCacheOptions } from "./node-cache.js";

/** A node, as it was added. */
export type NodeDraft = Omit<NodePlan, "order" | "exits" | "mustGo" | "cache"> & {
  readonly cache: NodeCacheOptions | undefined;
};

/** An edge, as it was added. */
export type EdgeDraft =
  | { readonly kind: "edge"; readonly from: string; readonly to: string }
  | { readonly kind: "join"; readonly from: readonly string[]; readonly to: string }
  | { readonly kind: "branch"; readonly from: string; readonly branch: BranchPlan };

/** Everything that was added to a graph. */
export interface GraphDraft {
  readonly name: string;
  readonly version: string;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  readonly nodes: readonly NodeDraft[];
  readonly edges: readonly EdgeDraft[];
  readonly migrations: GraphPlan["migrations"];
}

/**
 * Checks a graph and puts it in the form in which it runs.
 *
 * @throws SalesAgentError `graph.invalid`, with all that is wrong.
 */
export function compilePlan(
  draft: GraphDraft,
  limits: Pick<GraphPlan, "recursionLimit" | "concurrency" | "maxStateBytes">,
): GraphPlan {
  const issues: IssueFact[] = [...checkNames(draft), ...checkEdges(draft)];
  if (issues.length === 0) issues.push(...new GraphMap(draft).issues());
  if (issues.length > 0) throw invalidGraph(draft.name, issues);
  const orders = new Map(draft.nodes.map(({ name }, order) => [name, order] as const));
  const joins = joinsOf(draft, orders);
  const exits = (name: string) => exitsOf(draft, name, orders, joins);
  const nodes = draft.nodes.map((node, order) => toNodePlan(draft, node, order, exits(node.name)));
  return {
    name: draft.name,
    version: draft.version,
    fields: draft.fields,
    nodes,
    nodesByName: new Map(nodes.map((node) => [node.name, node] as const)),
    start: exits(START),
    joins,
    migrations: draft.migrations,
    ...limits,
  };
}

function toNodePlan(
  { name, version }: GraphDraft,
  node: NodeDraft,
  order: number,
  exits: ExitPlan,
): NodePlan {
  const isOpen = exits.toEnd || exits.next?.length !== 0 || node.ends?.has(END) === true;
  const cache = node.cache && new NodeCache(`${name}/${version}/${node.name}`, node.cache);
  return { ...node, cache, order, exits, mustGo: !isOpen };
}

/** The start and the end as they are written in code. */
const toldName = (name: string): string => (name === START ? "START" : name === END ? "END" : name);

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u;

function* checkNames({ name, nodes, fields }: GraphDraft): Generator<IssueFact> {
  const rule = 'is no name: 1–64 letters, digits, "_", "-" or ".", the first a letter, a digit or "_"';
  if (!NAME.test(name)) yield { path: "name", message: `"${name}" ${rule}` };
  const seen = new Set<string>();
  for (const node of nodes) {
    if (node.name === START || node.name === END)
      yield { path: toldName(node.name), message: "the name is reserved" };
    else if (!NAME.test(node.name)) yield { path: node.name, message: rule };
    else if (seen.has(node.name)) yield { path: node.name, message: "there are two nodes of this name" };
    seen.add(node.name);
  }
  for (const field of fields.keys()) {
    if (field === "" || field === "__proto__") yield { path: field, message: "no field can be named so" };
  }
}

function* checkEdges({ nodes, edges }: GraphDraft): Generator<IssueFact> {
  const names = new Set(nodes.map(({ name }) => name));
  const isSource = (name: string) => name === START || names.has(name);
  const isTarget = (name: string) => name === END || names.has(name);
  for (const edge of edges) {
    const sources = typeof edge.from === "string" ? [edge.from] : edge.from;
    const path = sources.map(toldName).join(" + ");
    for (const from of sources) {
      if (!isSource(from)) yield { path, message: `an edge comes from ${toldName(from)}, which is no node` };
    }
    for (const to of edge.kind === "branch" ? (edge.branch.mapping?.values() ?? []) : [edge.to]) {
      if (!isTarget(to)) yield { path, message: `an edge leads to "${to}", which is no node` };
    }
    if (edge.kind !== "join") continue;
    if (sources.length === 0) yield { path: edge.to, message: "a join has no sources" };
    if (new Set(sources).size < sources.length) yield { path, message: "a join names a source twice" };
    if (sources.includes(START) || edge.to === END) yield { path, message: "a join is between nodes" };
  }
  for (const { name, ends = [] } of nodes) {
    for (const end of ends) {
      if (!isTarget(end)) yield { path: name, message: `its ends name "${end}", which is no node` };
    }
  }
}

function joinsOf({ edges }: GraphDraft, orders: ReadonlyMap<string, number>): readonly JoinPlan[] {
  const joins = new Map<string, JoinPlan>();
  const orderOf = (name: string) => orders.get(name) ?? 0;
  for (const edge of edges) {
    if (edge.kind !== "join") continue;
    const from = [...edge.from].sort((a, b) => orderOf(a) - orderOf(b));
    const id = `${from.join("+")}>${edge.to}`;
    joins.set(id, { id, to: orderOf(edge.to), from });
  }
  return [...joins.values()];
}

function exitsOf(
  { edges }: GraphDraft,
  source: string,
  orders: ReadonlyMap<string, number>,
  allJoins: readonly JoinPlan[],
): ExitPlan {
  const to = new Set<number>();
  const branches: BranchPlan[] = [];
  for (const edge of edges) {
    if (edge.from !== source) continue;
    if (edge.kind === "branch") branches.push(edge.branch);
    const order = edge.kind === "edge" ? orders.get(edge.to) : undefined;
    if (order !== undefined) to.add(order);
  }
  const joins = allJoins.filter(({ from }) => from.includes(source));
  const inOrder = [...to].sort((a, b) => a - b);
  const isPlain = branches.length === 0 && joins.length === 0;
  const names = [...orders.keys()];
  const next = isPlain
    ? Object.freeze(inOrder.map((order) => Object.freeze({ node: names[order] as string, index: 0 })))
    : undefined;
  const toEnd = edges.some((edge) => edge.kind === "edge" && edge.from === source && edge.to === END);
  return { to: inOrder, toEnd, branches, joins, next };
}
