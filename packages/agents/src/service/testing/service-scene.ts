import { manualClock } from "@salesagent/conformance";
import { createEffects } from "@salesagent/core/effects";
import { type Checkpointer, memoryCheckpointer } from "@salesagent/core/graph";
import { type ScriptedReply, scriptedModel } from "@salesagent/core/scripted-model";
import { memoryStorage } from "@salesagent/storage-memory";
import { memoryKnowledge } from "../../rehearsal/memory-knowledge.js";
import { memoryReplies } from "../../rehearsal/memory-replies.js";
import { createServiceAgent } from "../service-agent.js";
import type { ServiceOptions } from "../service-options.js";

export const tenant = "acme";
export const threadId = "ticket-7";
export const runId = "case-7";
export const by = "user:grace";
export const customer = { address: "ada@customer.test", name: "Ada" };

export const prices = {
  id: "prices",
  title: "Prices",
  url: "https://acme.test/prices",
  text: "The team plan costs 1,200 dollars a year. The price includes support.",
};
const passages = [prices, { id: "export", text: "To export your data, open the settings." }];

/** What a model says of a message. */
export const sorted = (topic: string, more: Readonly<Record<string, unknown>> = {}): ScriptedReply => ({
  text: JSON.stringify({
    ...{ topic, confidence: 0.9, wantsPerson: false, before: "new" },
    question: "What is the price of the team plan?",
    ...more,
  }),
});

/** What a model answers by passages. */
export const answered = (...sentences: readonly (readonly [string, ...number[]])[]): ScriptedReply => ({
  text: JSON.stringify({
    answered: sentences.length > 0,
    sentences: sentences.map(([text, ...numbers]) => ({ text, passages: numbers })),
  }),
});

export const priceAnswer = answered(["It costs 1,200 dollars a year.", 1], ["Support is included.", 1]);
export const priceText = "It costs 1,200 dollars a year. Support is included.";

/** A company with a help desk; agents are made and lost as processes are. */
export function serviceScene(script: readonly ScriptedReply[], given: Partial<ServiceOptions> = {}) {
  const { clock = manualClock() } = given;
  const { storage = memoryStorage({ clock }) } = given;
  const model = scriptedModel(script);
  const channel = memoryReplies();
  const kept: Checkpointer = memoryCheckpointer();
  const newAgent = (more: Partial<ServiceOptions> = {}) =>
    createServiceAgent({
      ...{ model, storage, clock, channel, checkpointer: kept },
      effects: createEffects({ storage, clock, leaseMs: 500 }),
      knowledge: memoryKnowledge(passages),
      ...given,
      ...more,
    });
  const agent = newAgent();
  const open = (text: string) => agent.open({ threadId, text, customer }, { tenant, runId }).result();
  /** What a customer writes next, and what becomes of it. */
  const write = async (text: string) => {
    await agent.message(runId, { text }, { tenant });
    return agent.graph.resume(runId, { tenant });
  };
  const questions = async () => (await agent.escalations.list({ tenant })).items;
  /** Answers the question that waits, as a person. */
  const answer = async (text: string) => {
    const [question] = await questions();
    if (!question) throw new Error("nothing is asked");
    await agent.answer(question.id, { tenant, by, text });
    return agent.graph.resume(runId, { tenant });
  };
  const thread = async () =>
    (await storage.tenant(tenant).messages.list(threadId)).items.map(
      ({ message: { role, parts } }) =>
        `${role}: ${parts.map((part) => ("text" in part ? part.text : "")).join("")}`,
    );
  const told = () => channel.sent.map(({ text }) => text);
  return { storage, model, channel, agent, newAgent, open, write, questions, answer, thread, told };
}
