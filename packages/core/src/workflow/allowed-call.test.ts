import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/define-agent.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { memoryCheckpointer } from "../graph/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { defineTool } from "../tools/define-tool.js";
import { compileWorkflow, type WorkflowDefinition } from "./index.js";

const tenant = "acme";

function prepare(node: object) {
  const storage = memoryStorage();
  const booked: string[] = [];
  const book = defineTool({
    name: "book",
    description: "Books a meeting.",
    input: z.object({ lead: z.string(), at: z.string() }),
    effect: "write",
    target: ({ lead }) => lead,
    approval: true,
    run: ({ lead, at }) => {
      booked.push(`${lead} ${at}`);
      return { at };
    },
  });
  const effects = createEffects({ storage });
  const bdr = defineAgent({
    name: "bdr",
    instructions: "Book a meeting.",
    tools: [book],
    effects,
    model: scriptedModel((request) =>
      request.messages.some(({ role }) => role === "tool")
        ? { text: "Booked." }
        : { toolCalls: [{ name: "book", input: { lead: "ada", at: "Monday" } }] },
    ),
  });
  const definition: unknown = {
    name: "booking",
    version: "1",
    start: "book",
    nodes: [
      { id: "book", ...node },
      { id: "end", kind: "end", wholeOutput: { from: "/steps/book" } },
    ],
    edges: [{ from: "book", to: "end" }],
  } satisfies Record<keyof Omit<WorkflowDefinition, "input" | "description">, unknown>;
  const options = { tools: [book], agents: [bdr], effects, checkpointer: memoryCheckpointer() };
  return { booked, approvals: createApprovals({ storage }), workflow: compileWorkflow(definition, options) };
}

it.each<[string, object, unknown]>([
  [
    "a tool",
    { kind: "tool", tool: "book", input: { lead: { value: "ada" }, at: { value: "Monday" } } },
    { at: "Tuesday" },
  ],
  ["an agent", { kind: "agent", agent: "bdr", wholeInput: { value: "Book Ada." } }, "Booked."],
])(
  "%s waits for a person where a call needs one, and does once what the person allowed",
  async (_, node, output) => {
    const { workflow, approvals, booked } = prepare(node);
    const asked = await workflow.invoke({ input: {} }, { tenant, runId: "r" });
    expect(asked).toMatchObject({
      status: "waiting",
      on: [{ kind: "interrupt", payload: { tool: "book" } }],
    });

    const undecided = await workflow.resume("r", { tenant, answer: true });
    expect(undecided).toMatchObject({ status: "waiting", on: [{ payload: { tool: "book" } }] });
    expect(booked).toEqual([]);

    const [pending] = (await approvals.list({ tenant, status: "pending" })).items;
    await approvals.approve(pending?.id ?? "", {
      ...{ tenant, by: "user:42" },
      editedArguments: { lead: "ada", at: "Tuesday" },
    });
    expect(await workflow.resume("r", { tenant, answer: true })).toMatchObject({
      status: "completed",
      state: { output },
    });
    expect(booked).toEqual(["ada Tuesday"]);
  },
);
