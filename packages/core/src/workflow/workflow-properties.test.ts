import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checkWorkflow, compileWorkflow, type WorkflowAgent, type WorkflowDefinition } from "./index.js";
import { randomWorkflows } from "./testing/random-workflow.js";

/** Counts its visits by node; every third call fails where the node has a way on from that. */
function counting({ edges }: WorkflowDefinition) {
  const visits = new Map<string, number>();
  let calls = 0;
  const agent: WorkflowAgent = {
    name: "counter",
    run: ({ node }: { readonly node: string }) => ({
      output: async () => {
        const visit = (visits.get(node) ?? 0) + 1;
        visits.set(node, visit);
        if (++calls % 3 === 0 && edges.some(({ from, on }) => from === node && on === "error")) {
          throw new SalesAgentError("model.unreachable", {
            ...{ message: "away", replay: "safe" },
            facts: { provider: "none", modelId: "none" },
          });
        }
        return { visit };
      },
    }),
  };
  return { visits, agents: [agent] };
}

it("compiles every sound definition, and runs it to its end", async () => {
  await fc.assert(
    fc.asyncProperty(randomWorkflows(), fc.nat(8), async (definition, seed) => {
      const { agents, visits } = counting(definition);
      expect(checkWorkflow(definition, { agents })).toEqual([]);
      const workflow = compileWorkflow(JSON.parse(JSON.stringify(definition)), { agents });
      const { status, state } = await workflow.invoke({ input: { seed } }, { tenant: "acme" });
      expect(status).toBe("completed");
      expect(state.log.at(-1)?.node).toBe("done");
      for (const [node, count] of visits) expect(state.visits[node]).toBe(count);
      expect(state.log).toHaveLength(Object.values(state.visits).reduce((sum, count) => sum + count, 0));
    }),
    { numRuns: 150 },
  );
});

/** One thing done to a definition, and the node that must be told. */
type Mutation = (
  definition: WorkflowDefinition,
  pick: number,
) => { readonly mutated: unknown; readonly node: string } | undefined;

const mutations: Readonly<Record<string, Mutation>> = {
  "another kind": ({ nodes, ...rest }, pick) => {
    const { id } = pickOf(nodes, pick);
    return {
      node: id,
      mutated: { ...rest, nodes: nodes.map((it) => (it.id === id ? { ...it, kind: "magic" } : it)) },
    };
  },
  "an edge to nowhere": ({ edges, ...rest }, pick) => {
    const edge = pickOf(edges, pick);
    return {
      node: edge.from,
      mutated: { ...rest, edges: edges.map((it) => (it === edge ? { ...it, to: "nowhere" } : it)) },
    };
  },
  "a node twice": ({ nodes, ...rest }, pick) => {
    const node = pickOf(nodes, pick);
    return { node: node.id, mutated: { ...rest, nodes: [...nodes, node] } };
  },
  "a node that nothing leads to": ({ nodes, ...rest }) => ({
    node: "island",
    mutated: { ...rest, nodes: [...nodes, { id: "island", kind: "end" }] },
  }),
  "an agent that nobody knows": ({ nodes, ...rest }, pick) => {
    const agents = nodes.filter(({ kind }) => kind === "agent");
    if (agents.length === 0) return undefined;
    const { id } = pickOf(agents, pick);
    return {
      node: id,
      mutated: { ...rest, nodes: nodes.map((it) => (it.id === id ? { ...it, agent: "nobody" } : it)) },
    };
  },
  "a node without its plain edge": ({ nodes, edges, ...rest }, pick) => {
    const { id } = pickOf(
      nodes.filter(({ kind }) => kind !== "end" && kind !== "parallel"),
      pick,
    );
    const left = edges.filter(({ from, when, on }) => from !== id || when || on);
    return { node: id, mutated: { ...rest, nodes, edges: left } };
  },
  "a loop in place of the end": ({ nodes, edges, ...rest }) => ({
    node: "round",
    mutated: {
      ...rest,
      nodes: [...nodes, { id: "round", kind: "wait", durationMs: 1 }],
      edges: [
        ...edges.map((it) => (it.to === "done" ? { ...it, to: "round" } : it)),
        { from: "round", to: "round" },
      ],
    },
  }),
  "a path to what is not there": ({ nodes, ...rest }) => ({
    node: "done",
    mutated: {
      ...rest,
      nodes: nodes.map((it) =>
        it.id === "done" ? { ...it, output: { x: { from: "/steps/ghost/x" } } } : it,
      ),
    },
  }),
  "a field too many": ({ nodes, ...rest }, pick) => {
    const { id } = pickOf(nodes, pick);
    return {
      node: id,
      mutated: { ...rest, nodes: nodes.map((it) => (it.id === id ? { ...it, run: "rm" } : it)) },
    };
  },
};

function pickOf<T>(list: readonly T[], pick: number): T {
  return list[pick % list.length] as T;
}

it.each(Object.entries(mutations))("refuses %s, and names the node", (_, mutate) => {
  fc.assert(
    fc.property(randomWorkflows(), fc.nat(), (definition, pick) => {
      const made = mutate(definition, pick);
      fc.pre(made !== undefined);
      const { mutated, node } = made as NonNullable<typeof made>;
      const { agents } = counting(definition);
      const issues = checkWorkflow(mutated, { agents });
      expect(issues.map(({ path, message }) => `${path} ${message}`).join("\n")).toMatch(
        new RegExp(`(nodes\\.|")${node}\\b`),
      );
      expect(() => compileWorkflow(mutated, { agents })).toThrow(
        expect.objectContaining({ code: "graph.invalid" }),
      );
    }),
    { numRuns: 60 },
  );
});

it("survives whatever it is given", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (anything) => {
      expect(checkWorkflow(anything).length).toBeGreaterThan(0);
    }),
  );
});

it("survives any input schema, of a workflow and of one within it", () => {
  const keywords = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "minimum",
  ];
  const schemas = fc.dictionary(fc.constantFrom(...keywords), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(schemas, fc.jsonValue(), (schema, given) => {
      const inner = {
        name: "inner",
        version: "1",
        input: schema,
        start: "end",
        nodes: [{ id: "end", kind: "end" }],
        edges: [],
      };
      const outer = {
        ...{ name: "outer", version: "1", input: schema, start: "in" },
        nodes: [
          { id: "in", kind: "workflow", workflow: "inner", input: { a: { from: "/input/a", default: 1 } } },
          { id: "end", kind: "end" },
        ],
        edges: [{ from: "in", to: "end" }],
      };
      const registry = { workflows: [inner as never] };
      if (checkWorkflow(outer, registry).length > 0) return;
      const shape = compileWorkflow(outer, registry).plan.fields.get("input")?.schema;
      expect(shape?.["~standard"].validate(given)).toBeTypeOf("object");
    }),
    { numRuns: 500 },
  );
});
