import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Command, END, field, START, StateGraph } from "./index.js";

/** A graph whose names are not checked by its types, as one that is read from data. */
const loose = () => new StateGraph<{ readonly n: ReturnType<typeof count> }, string>({ n: count() });
const count = () => field({ default: () => 0 });
const idle = () => undefined;

/** What is wrong with a graph, as `path: message`. */
function issuesOf(graph: { compile(): unknown }): readonly string[] {
  try {
    graph.compile();
  } catch (error) {
    if (SalesAgentError.is(error, "graph.invalid")) {
      return error.facts.issues.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe("compile", () => {
  it.each([
    [
      "an edge to a node that is not there",
      loose().addNode("a", idle).addEdge(START, "a").addEdge("a", "b"),
      'a: an edge leads to "b", which is no node',
    ],
    [
      "an edge from a node that is not there",
      loose().addNode("a", idle).addEdge(START, "a").addEdge("a", END).addEdge("x", "a"),
      "x: an edge comes from x, which is no node",
    ],
    [
      "an edge from the end",
      loose().addNode("a", idle).addEdge(START, "a").addEdge(END, "a"),
      "END: an edge comes from END, which is no node",
    ],
    [
      "a join of a node that is not there",
      loose().addNode("a", idle).addEdge(START, "a").addEdge(["a", "x"], "a"),
      "a + x: an edge comes from x, which is no node",
    ],
    [
      "a join that names a source twice",
      loose().addNode("a", idle).addEdge(START, "a").addEdge(["a", "a"], "a"),
      "a + a: a join names a source twice",
    ],
    [
      "a mapping to a node that is not there",
      loose()
        .addNode("a", idle)
        .addConditionalEdges(START, () => "x", ["x"]),
      'START: an edge leads to "x", which is no node',
    ],
    [
      "ends that are not there",
      loose()
        .addNode("a", idle, { ends: ["x"] })
        .addEdge(START, "a"),
      'a: its ends name "x", which is no node',
    ],
    [
      "two nodes of a name",
      loose().addNode("a", idle).addNode("a", idle).addEdge(START, "a").addEdge("a", END),
      "a: there are two nodes of this name",
    ],
    ["a reserved name", loose().addNode(END, idle).addEdge(START, END), "END: the name is reserved"],
    [
      "a name with a slash",
      loose().addNode("a/b", idle).addEdge(START, "a/b").addEdge("a/b", END),
      "a/b: is no name",
    ],
    [
      "nothing that leads from the start",
      loose().addNode("a", idle).addEdge("a", END),
      "START: nothing leads on from the start",
    ],
    [
      "a node that nothing leads to",
      loose().addNode("a", idle).addNode("b", idle).addEdge(START, "a").addEdge("a", END).addEdge("b", END),
      "b: no way leads here from the start",
    ],
    [
      "a join with a source that nothing leads to",
      loose()
        .addNode("a", idle)
        .addNode("b", idle)
        .addNode("c", idle)
        .addEdge(START, "a")
        .addEdge(["a", "b"], "c")
        .addEdge("c", END),
      "c: no way leads here from the start",
    ],
    [
      "a loop without an exit",
      loose().addNode("a", idle).addNode("b", idle).addEdge(START, "a").addEdge("a", "b").addEdge("b", "a"),
      "a: no way leads from here to the end",
    ],
    [
      "a node that leads nowhere",
      loose().addNode("a", idle).addEdge(START, "a"),
      "a: nothing leads on; add an edge, to END if it is the last",
    ],
  ])("refuses %s", (_what, graph, issue) => {
    expect(issuesOf(graph).join("\n")).toContain(issue);
  });

  it("tells all that is wrong at once", () => {
    const graph = loose().addNode("a", idle).addEdge("x", "a").addEdge("a", "y");
    expect(issuesOf(graph)).toHaveLength(2);
  });

  it("refuses options that make no sense, by their path", () => {
    const graph = loose().addNode("a", idle).addEdge(START, "a").addEdge("a", END);
    expect(() => graph.compile({ recursionLimit: 0 })).toThrow(
      /compile.recursionLimit must be a whole number ≥ 1, got 0/,
    );
    expect(() => graph.compile({ concurrency: 0.5 })).toThrow(RangeError);
    expect(() => graph.addNode("b", idle, { timeoutMs: 0 })).toThrow(/nodes.b.timeoutMs/);
    expect(() => field({ reduce: (a: number, b: number) => a + b } as never)).toThrow(
      /field.default is needed/,
    );
  });

  it("holds names to those that were added, as types", () => {
    const graph = new StateGraph({ n: count() }).addNode("a", idle);
    // @ts-expect-error there is no such node
    graph.addEdge(START, "b");
    // @ts-expect-error nothing leads on from the end
    graph.addEdge(END, "a");
    // @ts-expect-error the state has no such field
    graph.addNode("c", () => ({ m: 1 }));
    // @ts-expect-error the field is a number
    graph.addNode("d", () => new Command({ update: { n: "one" } }));
    const needy = new StateGraph({ name: z.string() })
      .addNode("a", ({ name }) => ({ name: name.trim() }))
      .addEdge(START, "a")
      .addEdge("a", END)
      .compile();
    // @ts-expect-error the name has no default
    const run = () => needy.invoke({});
    expect(run).toBeTypeOf("function");
  });
});

describe("toMermaid", () => {
  it("draws nodes, edges, joins and choices, the same each time", () => {
    const graph = loose()
      .addNode("a", idle)
      .addNode("b", idle)
      .addNode("c", idle, { ends: ["a"] })
      .addEdge(START, "a")
      .addEdge(START, "b")
      .addEdge(["a", "b"], "c")
      .addConditionalEdges("c", ({ n }) => (n > 0 ? "done" : "again"), { done: END, again: "b" })
      .compile();

    expect(graph.toMermaid()).toBe(
      [
        "flowchart TD",
        "  start([start])",
        '  n0["a"]',
        '  n1["b"]',
        '  n2["c"]',
        "  finish([end])",
        "  start --> n0",
        "  start --> n1",
        "  n0 -- all --> n2",
        "  n1 -- all --> n2",
        '  n2 -. "done" .-> finish',
        '  n2 -. "again" .-> n1',
        "  n2 -.-> n0",
        "",
      ].join("\n"),
    );
  });
});
