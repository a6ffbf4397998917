import fc from "fast-check";
import type { WorkflowDefinition, WorkflowEdge, WorkflowNode } from "../index.js";

/** A piece of a workflow with one way in and one way out. */
type Piece =
  | { readonly kind: "step"; readonly isHandled: boolean }
  | { readonly kind: "chain"; readonly parts: readonly Piece[] }
  | { readonly kind: "choice"; readonly parts: readonly Piece[]; readonly limit: number }
  | { readonly kind: "loop"; readonly body: Piece; readonly times: number }
  | { readonly kind: "parallel"; readonly parts: readonly Piece[] };

const parts = (of: fc.Arbitrary<Piece>, minLength: number) => fc.array(of, { minLength, maxLength: 3 });

const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ kind: fc.constant("step" as const), isHandled: fc.boolean() }),
    fc.record({ kind: fc.constant("chain" as const), parts: parts(tie("piece"), 1) }),
    fc.record({
      kind: fc.constant("choice" as const),
      parts: parts(tie("piece"), 1),
      limit: fc.nat(8),
    }),
    fc.record({ kind: fc.constant("loop" as const), body: tie("piece"), times: fc.nat(3) }),
    fc.record({ kind: fc.constant("parallel" as const), parts: parts(tie("piece"), 2) }),
  ),
}));

/** Puts pieces together: every one begins at a node and says by which edges it is left. */
class Builder {
  readonly nodes: WorkflowNode[] = [];
  readonly edges: WorkflowEdge[] = [];
  #count = 0;

  /** @returns Where it begins, and the edges that leave it, without their targets. */
  add(piece: Piece): { readonly first: string; readonly exits: readonly Omit<WorkflowEdge, "to">[] } {
    switch (piece.kind) {
      case "step": {
        const id = this.#id();
        this.nodes.push({ id, kind: "agent", agent: "counter", input: { node: { value: id } } });
        const exits: Omit<WorkflowEdge, "to">[] = [{ from: id }];
        return { first: id, exits: piece.isHandled ? [...exits, { from: id, on: "error" }] : exits };
      }
      case "chain": {
        const built = piece.parts.map((part) => this.add(part));
        for (const [index, { first }] of built.slice(1).entries())
          this.join(built[index]?.exits ?? [], first);
        return { first: built[0]?.first ?? "", exits: built.at(-1)?.exits ?? [] };
      }
      case "choice": {
        const id = this.#id();
        this.nodes.push({ id, kind: "decision" });
        const built = piece.parts.map((part) => this.add(part));
        for (const { first } of built) {
          this.edges.push({
            from: id,
            to: first,
            when: { path: "/input/seed", is: "<", value: piece.limit },
          });
        }
        return { first: id, exits: [{ from: id }, ...built.flatMap(({ exits }) => exits)] };
      }
      case "loop": {
        const counter = this.add({ kind: "step", isHandled: false });
        const body = this.add(piece.body);
        const id = this.#id();
        this.nodes.push({ id, kind: "decision" });
        this.join(counter.exits, body.first);
        this.join(body.exits, id);
        const path = `/steps/${counter.first}/visit`;
        this.edges.push({ from: id, to: counter.first, when: { path, is: "<", value: piece.times } });
        return { first: counter.first, exits: [{ from: id }] };
      }
      case "parallel": {
        const [id, join] = [this.#id(), this.#id()];
        this.nodes.push({ id, kind: "parallel", join }, { id: join, kind: "decision" });
        for (const part of piece.parts) {
          const { first, exits } = this.add(part);
          this.edges.push({ from: id, to: first });
          this.join(exits, join);
        }
        return { first: id, exits: [{ from: join }] };
      }
    }
  }

  join(exits: readonly Omit<WorkflowEdge, "to">[], to: string): void {
    for (const exit of exits) this.edges.push({ ...exit, to });
  }

  #id(): string {
    return `n${++this.#count}`;
  }
}

/** Valid definitions. Their agent `counter` gives `{ visit }`, how often the node was run. */
export const randomWorkflows = (): fc.Arbitrary<WorkflowDefinition> =>
  piece.map((whole) => {
    const builder = new Builder();
    const { first, exits } = builder.add(whole);
    builder.nodes.push({ id: "done", kind: "end" });
    builder.join(exits, "done");
    const { nodes, edges } = builder;
    const input = { type: "object", properties: { seed: { type: "number" } }, required: ["seed"] };
    return { name: "random", version: "1", input, start: first, nodes, edges };
  });
