import type { IssueFact } from "@salesagent/ports";
import type { WorkflowEdge, WorkflowNode, WorkflowOutcome } from "./definition.js";
import type { Branch, WorkflowMap } from "./workflow-map.js";

/** What else than being done a node of this kind may come to, and whether there must be an edge for it. */
function outcomesOf(node: WorkflowNode): ReadonlyMap<WorkflowOutcome, "may" | "must"> {
  switch (node.kind) {
    case "agent":
    case "tool":
      return new Map([["error", "may"]]);
    case "approval":
      return new Map([["refused", "must"], ...timeoutOf(node)]);
    case "wait":
      return new Map(timeoutOf(node));
    default:
      return new Map();
  }
}

const timeoutOf = (node: object): readonly (readonly ["timeout", "must"])[] =>
  "timeoutMs" in node && node.timeoutMs !== undefined ? [["timeout", "must"]] : [];

/** Whether the edges that leave each node are those that its kind needs. */
export function* checkExits(map: WorkflowMap): Generator<IssueFact> {
  for (const [id, node] of map.nodes) {
    const path = `nodes.${id}`;
    const exits = map.exits(id);
    const plain = exits.filter(({ on, when }) => on === undefined && when === undefined);
    const conditional = exits.filter(({ when }) => when !== undefined);
    if (conditional.length > 0 && node.kind !== "decision")
      yield { path, message: `its edge has a "when", which only those of a decision may have` };
    yield* checkPlain(node, plain.length, path);
    yield* checkOutcomes(node, exits, path);
    if (node.kind === "parallel" && new Set(plain.map(({ to }) => to)).size < plain.length)
      yield { path, message: "two of its branches begin with the same node" };
  }
}

function* checkPlain({ kind }: WorkflowNode, count: number, path: string): Generator<IssueFact> {
  if (kind === "end") {
    if (count > 0) yield { path, message: "an edge leads on from an end" };
  } else if (kind === "parallel") {
    if (count < 2) yield { path, message: `a parallel node needs at least two edges, it has ${count}` };
  } else if (kind === "decision") {
    if (count === 0) yield { path, message: `the decision has no default: add an edge without "when"` };
    if (count > 1)
      yield { path, message: `the decision has ${count} defaults: leave one edge without "when"` };
  } else if (count === 0) {
    yield { path, message: "nothing leads on from it: add an edge, or make it an end" };
  } else if (count > 1) {
    yield { path, message: `${count} edges lead on from it: put a decision or a parallel node in between` };
  }
}

function* checkOutcomes(
  node: WorkflowNode,
  exits: readonly WorkflowEdge[],
  path: string,
): Generator<IssueFact> {
  const known = outcomesOf(node);
  for (const outcome of ["error", "refused", "timeout"] as const) {
    const count = exits.filter(({ on }) => on === outcome).length;
    if (count > 0 && !known.has(outcome))
      yield { path, message: `it never comes to "${outcome}", for which it has an edge` };
    else if (count > 1) yield { path, message: `${count} of its edges are for "${outcome}"` };
    else if (count === 0 && known.get(outcome) === "must")
      yield { path, message: `it needs an edge with on: "${outcome}"` };
  }
  if (exits.some(({ on, when }) => on !== undefined && when !== undefined))
    yield { path, message: `one of its edges has both "on" and "when"` };
}

/** Whether every node is reached, and gets to an end. A failure is no way out of a loop. */
export function* checkReach(map: WorkflowMap): Generator<IssueFact> {
  const reached = map.reachable(map.start);
  for (const [id, node] of map.nodes) {
    const path = `nodes.${id}`;
    if (id !== map.start && !reached.has(id)) {
      yield { path, message: "no way leads here from the start" };
      continue;
    }
    if (node.kind === "end") continue;
    const after = map.reachable(id, ({ on }) => on !== "error");
    const ends = [...after.keys()].some((to) => map.nodes.get(to)?.kind === "end");
    if (!ends && after.has(id)) {
      yield { path, message: `it is in a loop without an exit: ${loopAt(id, after).join(" → ")}` };
    }
  }
}

/** The way back to a node. */
function loopAt(id: string, after: ReadonlyMap<string, WorkflowEdge>): readonly string[] {
  const way = [id];
  for (let from = after.get(id)?.from; from !== undefined && from !== id; from = after.get(from)?.from)
    way.unshift(from);
  return [id, ...way];
}

/** Whether branches lead from their parallel node to its join, and nowhere else. */
export function* checkBranches(map: WorkflowMap): Generator<IssueFact> {
  for (const branch of map.branches) {
    const { parallel, first, nodes } = branch;
    const path = `nodes.${parallel.id}`;
    if (first === parallel.join)
      yield { path, message: `a branch leads straight to the join "${parallel.join}"` };
    if (nodes.has(parallel.id))
      yield { path, message: `the branch at "${first}" leads back to "${parallel.id}" and not to the join` };
    for (const id of nodes) {
      if (map.nodes.get(id)?.kind === "end")
        yield { path, message: `the branch at "${first}" ends at "${id}" and not at the join` };
    }
    yield* checkEntries(map, branch, path);
  }
}

function* checkEntries(map: WorkflowMap, branch: Branch, path: string): Generator<IssueFact> {
  const { parallel, first, nodes } = branch;
  if (nodes.has(map.start)) yield { path, message: `the branch at "${first}" holds the start` };
  for (const from of map.nodes.keys()) {
    if (nodes.has(from)) continue;
    for (const { to } of map.exits(from)) {
      if (!nodes.has(to) || (from === parallel.id && to === first)) continue;
      yield { path, message: `"${from}" leads into the middle of the branch at "${first}", to "${to}"` };
    }
  }
}
