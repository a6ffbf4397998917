import { z } from "zod";
import { defineTool } from "../../tools/define-tool.js";
import type { WorkflowAgent, WorkflowDefinition } from "../index.js";

/** What the tools and agents of a test were asked to do. */
export interface Calls {
  readonly made: string[];
  /** Names of what is to fail, each for as often as it is in the list. */
  readonly failing: string[];
}

export const newCalls = (): Calls => ({ made: [], failing: [] });

function did({ made, failing }: Calls, what: string): void {
  made.push(what);
  const place = failing.indexOf(what.split(" ")[0] ?? "");
  if (place < 0) return;
  failing.splice(place, 1);
  throw new Error("the vendor is away");
}

/** Tools and agents that note what they are asked. */
export function registryOf(calls: Calls) {
  const lookup = defineTool({
    name: "lookup",
    description: "Looks a company up.",
    input: z.object({ company: z.string() }),
    effect: "read",
    run: ({ company }) => {
      did(calls, `lookup ${company}`);
      return { employees: company.length * 10 };
    },
  });
  const send = defineTool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string(), text: z.string() }),
    effect: "write",
    target: ({ to }) => to,
    run: ({ to, text }) => {
      did(calls, `send ${to}: ${text}`);
      return { sent: true };
    },
    lookup: () => ({ happened: false }),
  });
  const writer: WorkflowAgent = {
    name: "writer",
    run: (input: unknown) => ({
      output: async () => {
        did(calls, `writer ${JSON.stringify(input)}`);
        return { body: "Hello", score: 80 };
      },
    }),
  };
  return { tools: [lookup, send], agents: [writer] };
}

export const review: WorkflowDefinition = {
  name: "review",
  version: "1",
  input: { type: "object", properties: { body: { type: "string" } }, required: ["body"] },
  start: "look",
  nodes: [
    { id: "look", kind: "approval", ask: { text: { from: "/input/body" } } },
    { id: "good", kind: "end", output: { by: { from: "/steps/look/by" }, verdict: { value: "yes" } } },
    { id: "bad", kind: "end", output: { verdict: { value: "no" } } },
  ],
  edges: [
    { from: "look", to: "good" },
    { from: "look", to: "bad", on: "refused" },
  ],
};

/** Every kind of node. */
export const outreach: WorkflowDefinition = {
  name: "outreach",
  version: "1",
  input: {
    type: "object",
    properties: { company: { type: "string" }, mail: { type: "string" } },
    required: ["company", "mail"],
  },
  start: "both",
  nodes: [
    { id: "both", kind: "parallel", join: "enough" },
    { id: "facts", kind: "tool", tool: "lookup", input: { company: { from: "/input/company" } } },
    {
      id: "draft",
      kind: "agent",
      agent: "writer",
      wholeInput: { text: "Write to {/input/company}." },
      retry: { retries: 2, baseMs: 0 },
      timeoutMs: 60_000,
    },
    { id: "enough", kind: "decision" },
    { id: "check", kind: "workflow", workflow: "review", input: { body: { from: "/steps/draft/body" } } },
    { id: "fine", kind: "decision" },
    { id: "pause", kind: "wait", durationMs: 1_000 },
    {
      id: "mail",
      kind: "tool",
      tool: "send",
      input: { to: { from: "/input/mail" }, text: { from: "/steps/draft/body" } },
    },
    { id: "reply", kind: "wait", event: "reply", timeoutMs: 86_400_000 },
    { id: "won", kind: "end", output: { reply: { from: "/steps/reply" } } },
    { id: "lost", kind: "end", wholeOutput: { value: "nothing came of it" } },
  ],
  edges: [
    { from: "both", to: "facts" },
    { from: "both", to: "draft" },
    { from: "facts", to: "enough" },
    { from: "draft", to: "enough" },
    {
      from: "enough",
      to: "check",
      when: {
        and: [
          { path: "/steps/draft/score", is: ">=", value: 70 },
          { not: { path: "/steps/facts/employees", is: "<", value: 20 } },
        ],
      },
    },
    { from: "enough", to: "lost" },
    { from: "check", to: "fine" },
    { from: "fine", to: "pause", when: { path: "/steps/check/verdict", is: "==", value: "yes" } },
    { from: "fine", to: "lost" },
    { from: "pause", to: "mail" },
    { from: "mail", to: "reply" },
    { from: "reply", to: "won" },
    { from: "reply", to: "lost", on: "timeout" },
  ],
};
