import type { ParallelNode, WorkflowDefinition, WorkflowEdge, WorkflowNode } from "./definition.js";

/** One branch of a parallel node: from its first node to the join, which is not a part of it. */
export interface Branch {
  readonly parallel: ParallelNode;
  readonly first: string;
  readonly nodes: ReadonlySet<string>;
  /** The name of the hidden node at which the branch ends. No node of a definition can be named so. */
  readonly end: string;
}

/** The ways through a workflow. Its edges lead from and to nodes that are there. */
export class WorkflowMap {
  readonly start: string;
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  /** Outermost first: a branch comes before those within it. */
  readonly branches: readonly Branch[];
  readonly #exits = new Map<string, WorkflowEdge[]>();

  constructor({ start, nodes, edges }: WorkflowDefinition) {
    this.start = start;
    this.nodes = new Map(nodes.map((node) => [node.id, node] as const));
    for (const edge of edges) {
      const exits = this.#exits.get(edge.from);
      if (exits) exits.push(edge);
      else this.#exits.set(edge.from, [edge]);
    }
    const branches = nodes.flatMap((node) => (node.kind === "parallel" ? this.#branchesOf(node) : []));
    this.branches = branches.sort((a, b) => b.nodes.size - a.nodes.size);
  }

  exits(node: string): readonly WorkflowEdge[] {
    return this.#exits.get(node) ?? [];
  }

  branchesOf({ id }: ParallelNode): readonly Branch[] {
    return this.branches.filter(({ parallel }) => parallel.id === id);
  }

  /** Where an edge really leads: out of a branch, to the branch's end. */
  target(from: string, to: string): string {
    const innermost = this.branches.findLast(({ nodes }) => nodes.has(from));
    return innermost?.parallel.join === to ? innermost.end : to;
  }

  /** The nodes that may come after a node, itself only by a loop. */
  reachable(
    from: string,
    follow: (edge: WorkflowEdge) => boolean = () => true,
  ): ReadonlyMap<string, WorkflowEdge> {
    const found = new Map<string, WorkflowEdge>();
    const open = [from];
    for (let node = open.shift(); node !== undefined; node = open.shift()) {
      for (const edge of this.exits(node)) {
        if (found.has(edge.to) || !follow(edge)) continue;
        found.set(edge.to, edge);
        open.push(edge.to);
      }
    }
    return found;
  }

  #branchesOf(parallel: ParallelNode): readonly Branch[] {
    return this.exits(parallel.id).map(({ to }, index) => {
      const inside =
        to === parallel.join ? [] : this.reachable(to, (edge) => edge.to !== parallel.join).keys();
      const nodes = new Set(to === parallel.join ? [] : [to, ...inside]);
      return { parallel, first: to, nodes, end: `${parallel.id}.${index + 1}` };
    });
  }
}
