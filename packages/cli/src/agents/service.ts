import { createServiceAgent } from "@salesagent/agents";
import type { JsonObject, JsonValue } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { approvalIdOf } from "../session/approval-of.js";
import { type AgentEntry, pick, type Question } from "./agent-entry.js";

export const service: AgentEntry = {
  name: "service",
  summary: "serves a customer by what is known, and asks a person where that is not enough",
  fields: ["text"],
  example: { text: "How do I export a report?" },
  toInput: ({ text }) => (text === undefined ? undefined : { text }),
  inThread: (input, threadId) => ({ threadId, ...input }),
  work: {
    kind: "graph",
    open: ({ world, storage, events, spendCap, clock, checkpointer }) => {
      const agent = createServiceAgent({
        ...{ storage, events, spendCap, clock, checkpointer },
        model: world.model,
        knowledge: world.knowledge,
      });
      return {
        graph: agent.graph,
        answer: (id, answer) => agent.answer(id, answer),
        message: (runId, message, scope) => agent.message(runId, message, scope),
      };
    },
  },
  toResult: (state) => pick(state, ["reply", "classification", "escalation", "outcome"]),
  question: (wait, state) => {
    if (wait.kind === "event" && wait.name === "message") return customersMessage(state);
    const id = approvalIdOf(wait);
    return id === undefined ? undefined : personsAnswer(id, state);
  },
};

function customersMessage({ reply }: JsonObject): Question {
  const told = textIn(reply);
  return {
    text: `${told === undefined ? "" : `The customer was told:\n  ${told.replaceAll("\n", "\n  ")}\n`}It waits for the customer's next message.`,
    form: '"what the customer writes"',
    // A case goes on for as long as the customer writes: somebody has to have enough.
    easy: undefined,
    give: async ({ message }, { runId, line, tenant, signal }) => {
      const text = wordsOf(line);
      if (await message?.(runId, { text }, { tenant, signal })) return;
      throw new UsageError(`The case ${runId} is over; begin another one with the message.`);
    },
  };
}

function personsAnswer(id: string, { escalation, request }: JsonObject): Question {
  const why = typeof escalation === "string" ? ` (${escalation})` : "";
  return {
    text: `It asks a person${why}. The customer wrote:\n  ${textIn(request) ?? "nothing yet"}`,
    form: '"what the customer is told"',
    easy: "[rehearsed] A colleague's answer.",
    give: async ({ answer }, { line, tenant, by, signal }) => {
      await answer?.(id, { tenant, by, signal, text: wordsOf(line) });
    },
  };
}

function wordsOf(line: string): string {
  if (line !== "") return line;
  throw new UsageError("An answer has words.");
}

function textIn(value: JsonValue | undefined): string | undefined {
  const text = typeof value === "object" && value !== null && "text" in value ? value["text"] : undefined;
  return typeof text === "string" ? text : undefined;
}
