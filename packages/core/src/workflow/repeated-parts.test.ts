import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { createEffects } from "../effects/index.js";
import { checkWorkflow, compileWorkflow } from "./index.js";
import { newCalls, registryOf } from "./testing/sales-workflow.js";

const text = { from: "/input/text", default: "none" };
const inner = {
  name: "inner",
  version: "1",
  input: { type: "object", properties: { text: { type: "string" } } },
  start: "mail",
  nodes: [
    { id: "mail", kind: "tool", tool: "send", input: { to: { value: "ada" }, text } },
    { id: "end", kind: "end", output: { text } },
  ],
  edges: [{ from: "mail", to: "end" }],
} as const;

it("a sub-workflow in a loop has effects of its own each time, and its inputs before their defaults", async () => {
  const calls = newCalls();
  const first = { id: "first", kind: "workflow", workflow: "inner", input: { text: { value: "Hello" } } };
  const outer = {
    ...{ name: "outer", version: "1", start: "first" },
    nodes: [
      first,
      { id: "count", kind: "agent", agent: "count" },
      { id: "again", kind: "decision" },
      { id: "end", kind: "end", wholeOutput: { from: "/steps/first/text" } },
    ],
    edges: [
      { from: "first", to: "count" },
      { from: "count", to: "again" },
      { from: "again", to: "first", when: { path: "/steps/count", is: "<", value: 2 } },
      { from: "again", to: "end" },
    ],
  };
  let count = 0;
  const workflow = compileWorkflow(outer, {
    ...registryOf(calls),
    agents: [{ name: "count", run: () => ({ output: async () => ++count }) }],
    workflows: [inner],
    effects: createEffects({ storage: memoryStorage() }),
  });
  const { state } = await workflow.invoke({ input: {} }, { tenant: "acme" });
  expect(state.output).toBe("Hello");
  expect(calls.made).toEqual(["send ada: Hello", "send ada: Hello"]);
  expect(state.visits).toMatchObject({ first: 2, count: 2 });
  expect(state.log.filter(({ node }) => node === "first").map(({ visit }) => visit)).toEqual([1, 2]);
});

it("a tool's input that does not fit is not tried again", async () => {
  const calls = newCalls();
  const input = { company: { value: 7 } };
  const workflow = compileWorkflow(
    {
      ...{ name: "wrong", version: "1", start: "facts" },
      nodes: [
        { id: "facts", kind: "tool", tool: "lookup", input, retry: { retries: 3, baseMs: 0 } },
        { id: "end", kind: "end" },
      ],
      edges: [{ from: "facts", to: "end" }],
    },
    registryOf(calls),
  );
  await expect(workflow.invoke({ input: {} }, { tenant: "acme" })).rejects.toMatchObject({
    code: "graph.node_failed",
    facts: { node: "facts", attempts: 1 },
  });
});

it("what only one of two ways gives may be missing where they meet", () => {
  const definition = {
    ...{ name: "ways", version: "1", start: "which" },
    nodes: [
      { id: "which", kind: "decision" },
      { id: "short", kind: "wait", durationMs: 1 },
      { id: "long", kind: "wait", event: "reply" },
      {
        id: "end",
        kind: "end",
        output: { way: { from: "/steps/which/to" }, reply: { from: "/steps/long" } },
      },
    ],
    edges: [
      { from: "which", to: "long", when: { path: "/input/patient", is: "exists" } },
      { from: "which", to: "short" },
      { from: "long", to: "end" },
      { from: "short", to: "end" },
    ],
  };
  expect(checkWorkflow(definition)).toEqual([
    {
      path: "nodes.end.output.reply",
      message:
        '"/steps/long": "long" may have given nothing by then; give a default, or lead the way through it',
    },
  ]);
});
