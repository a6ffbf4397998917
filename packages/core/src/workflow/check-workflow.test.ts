import { describe, expect, it } from "vitest";
import { checkWorkflow, compileWorkflow, type WorkflowDefinition, workflowSchema } from "./index.js";
import { newCalls, outreach, registryOf, review } from "./testing/sales-workflow.js";

const registry = { ...registryOf(newCalls()), workflows: [review] };

/** A change to a definition, as whoever edits it may make by mistake. */
type Slip = Partial<Omit<WorkflowDefinition, "nodes" | "edges">> & {
  readonly nodes?: readonly object[];
  readonly edges?: readonly object[];
  /** Ids of nodes that are replaced or left out. */
  readonly without?: readonly string[];
  readonly unlink?: readonly string[];
};

function slipped({ nodes = [], edges = [], without = [], unlink = [], ...rest }: Slip): unknown {
  return {
    ...outreach,
    ...rest,
    nodes: [...outreach.nodes.filter(({ id }) => !without.includes(id)), ...nodes],
    edges: [...outreach.edges.filter(({ from }) => !unlink.includes(from)), ...edges],
  };
}

const problems = (definition: unknown) =>
  checkWorkflow(definition, registry).map(({ path, message }) => `${path}: ${message}`);

describe("checkWorkflow", () => {
  it("finds nothing wrong with a sound definition", () => {
    expect(problems(outreach)).toEqual([]);
    expect(problems(JSON.parse(JSON.stringify(outreach)))).toEqual([]);
  });

  it.each<[string, Slip, readonly string[]]>([
    [
      "an agent, a tool and a workflow that are unknown",
      {
        without: ["facts", "draft", "check"],
        nodes: [
          { id: "facts", kind: "tool", tool: "search", input: {} },
          { id: "draft", kind: "agent", agent: "poet" },
          { id: "check", kind: "workflow", workflow: "review", version: "2" },
        ],
      },
      [
        'nodes.facts.tool: there is no tool "search"; known: lookup, send',
        'nodes.draft.agent: there is no agent "poet"; known: writer',
        'nodes.check.workflow: there is no workflow "review" of version "2"; known: review',
      ],
    ],
    [
      "an input that a tool needs",
      {
        without: ["mail"],
        nodes: [{ id: "mail", kind: "tool", tool: "send", input: { to: { value: "x" } } }],
      },
      ['nodes.mail.input.text: it is missing, and the tool "send" needs it'],
    ],
    [
      "an input that a sub-workflow needs",
      { without: ["check"], nodes: [{ id: "check", kind: "workflow", workflow: "review" }] },
      ['nodes.check.input.body: it is missing, and the workflow "review" needs it'],
    ],
    [
      "an input that the run may not be given",
      { input: { type: "object", properties: { company: {} }, required: ["company"] } },
      ['nodes.mail.input.to: the input has no "mail"'],
    ],
    [
      "a result that may not be there",
      {
        without: ["won"],
        nodes: [
          { id: "won", kind: "end", output: { a: { from: "/steps/lost" }, b: { from: "/steps/mail" } } },
        ],
      },
      [
        'nodes.won.output.a: "/steps/lost": "lost" may have given nothing by then; give a default, or lead the way through it',
      ],
    ],
    ["a start that is no node", { start: "begin" }, ['start: there is no node "begin"']],
    [
      "an edge to nowhere",
      { edges: [{ from: "mail", to: "nowhere" }] },
      ['edges[13]: "mail" → "nowhere": there is no node "nowhere"'],
    ],
    [
      "a node that nothing leads to",
      { nodes: [{ id: "island", kind: "end" }] },
      ["nodes.island: no way leads here from the start"],
    ],
    [
      "a decision without a default",
      {
        unlink: ["fine"],
        edges: [{ from: "fine", to: "pause", when: { path: "/input/mail", is: "exists" } }],
      },
      ['nodes.fine: the decision has no default: add an edge without "when"'],
    ],
    [
      "an approval that nobody may refuse, and a time-out that leads nowhere",
      {
        nodes: [{ id: "ask", kind: "approval" }],
        unlink: ["reply", "mail"],
        edges: [
          { from: "mail", to: "ask" },
          { from: "ask", to: "reply" },
          { from: "reply", to: "won" },
        ],
      },
      ['nodes.reply: it needs an edge with on: "timeout"', 'nodes.ask: it needs an edge with on: "refused"'],
    ],
    [
      "a branch that does not come to its join",
      { unlink: ["draft"], edges: [{ from: "draft", to: "lost" }] },
      [
        'nodes.both: the branch at "draft" ends at "lost" and not at the join',
        'nodes.both: "enough" leads into the middle of the branch at "draft", to "lost"',
        'nodes.both: "fine" leads into the middle of the branch at "draft", to "lost"',
        'nodes.both: "reply" leads into the middle of the branch at "draft", to "lost"',
      ],
    ],
    [
      "two edges from a node that has no choice",
      { edges: [{ from: "mail", to: "lost" }] },
      ["nodes.mail: 2 edges lead on from it: put a decision or a parallel node in between"],
    ],
    [
      "a comparison with nothing",
      {
        unlink: ["fine"],
        edges: [
          { from: "fine", to: "pause", when: { path: "/input/mail", is: "==" } },
          { from: "fine", to: "lost" },
        ],
      },
      ['nodes.fine.when(pause): "==" needs either a value or a valueFrom'],
    ],
    [
      "a field that its kind does not have",
      { without: ["pause"], nodes: [{ id: "pause", kind: "wait", durationMs: 1, run: "code" }] },
      ["nodes.pause.run: it is not known here"],
    ],
    [
      "a schema that could keep us busy",
      { input: { ...outreach.input, pattern: "(a+)+$" } },
      ["input.pattern: the keyword is not known here"],
    ],
  ])("names %s", (_, slip, expected) => {
    expect(problems(slipped(slip))).toEqual(expected);
  });

  it("names a loop without an exit, and does not take a failure for one", () => {
    const loop = {
      name: "loop",
      version: "1",
      start: "wait",
      nodes: [
        { id: "wait", kind: "wait", durationMs: 1 },
        { id: "work", kind: "agent", agent: "writer" },
        { id: "end", kind: "end" },
      ],
      edges: [
        { from: "wait", to: "work" },
        { from: "work", to: "wait" },
        { from: "work", to: "end", on: "error" },
      ],
    };
    expect(problems(loop)).toEqual([
      "nodes.wait: it is in a loop without an exit: wait → work → wait",
      "nodes.work: it is in a loop without an exit: work → wait → work",
    ]);
  });

  it("names a workflow that would be a part of itself, and the version that is to be said", () => {
    const self = {
      name: "self",
      version: "1",
      start: "again",
      nodes: [
        { id: "again", kind: "workflow", workflow: "self" },
        { id: "end", kind: "end" },
      ],
      edges: [{ from: "again", to: "end" }],
    } as const;
    expect(checkWorkflow(self, { workflows: [self] })).toEqual([
      { path: "nodes.again.workflow", message: 'the workflow "self" would be a part of itself' },
    ]);
    expect(
      checkWorkflow(outreach, { ...registry, workflows: [review, { ...review, version: "2" }] }),
    ).toEqual([{ path: "nodes.check.workflow", message: "there are several of it; say the version: 1, 2" }]);
  });

  it("names what is wrong within a sub-workflow", () => {
    const broken = { ...review, edges: review.edges.slice(0, 1) };
    expect(checkWorkflow(outreach, { ...registry, workflows: [broken] })).toEqual([
      { path: "nodes.check.workflow.nodes.look", message: 'it needs an edge with on: "refused"' },
      { path: "nodes.check.workflow.nodes.bad", message: "no way leads here from the start" },
    ]);
  });
});

it("is not kept busy by a large workflow, nor by workflows within workflows", () => {
  const chain = Array.from({ length: 999 }, (_, index) => index);
  const large = {
    name: "large",
    version: "1",
    start: "n0",
    nodes: [
      { id: "end", kind: "end", output: { x: { from: "/steps/n998" } } },
      ...chain.map((index) => ({ id: `n${index}`, kind: "wait", durationMs: 1 })).reverse(),
    ],
    edges: chain.map((index) => ({ from: `n${index}`, to: index === 998 ? "end" : `n${index + 1}` })),
  };
  expect(checkWorkflow(large)).toEqual([]);

  const nested = Array.from(
    { length: 40 },
    (_, depth): WorkflowDefinition => ({
      name: `w${depth}`,
      version: "1",
      start: "one",
      nodes:
        depth === 39
          ? [{ id: "one", kind: "end" }]
          : [
              { id: "one", kind: "workflow", workflow: `w${depth + 1}` },
              { id: "two", kind: "workflow", workflow: `w${depth + 1}` },
              { id: "end", kind: "end" },
            ],
      edges:
        depth === 39
          ? []
          : [
              { from: "one", to: "two" },
              { from: "two", to: "end" },
            ],
    }),
  );
  expect(compileWorkflow(nested[0], { workflows: nested }).name).toBe("w0");
});

describe("compileWorkflow", () => {
  it("refuses what is not sound, with all that is wrong", () => {
    expect(() => compileWorkflow({ ...outreach, start: "begin" }, registry)).toThrow(
      expect.objectContaining({
        code: "graph.invalid",
        facts: { graph: "outreach", issues: [{ path: "start", message: 'there is no node "begin"' }] },
      }),
    );
  });

  it("refuses a tool that writes where nothing guards it", () => {
    expect(() => compileWorkflow(outreach, registry)).toThrow(/nodes.mail.tool: the tool "send" writes/);
  });
});

it("has a schema without anything but JSON", () => {
  expect(JSON.parse(JSON.stringify(workflowSchema))).toEqual(workflowSchema);
});
