import { manualClock } from "@salesagent/conformance";
import { defineAgent } from "@salesagent/core/agent";
import { createEffects } from "@salesagent/core/effects";
import { durableFlows } from "@salesagent/core/graph";
import { createHandoffs } from "@salesagent/core/handoff";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { systemClock, userMessage } from "@salesagent/ports";
import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { mermaidIn } from "../testing/mermaid-in.js";
import type { ServiceOptions } from "./service-options.js";
import { toAgent, toQueue } from "./service-targets.js";
import { DEFAULT_TOPICS } from "./service-topics.js";
import {
  answered,
  by,
  customer,
  priceAnswer,
  priceText,
  runId,
  serviceScene,
  sorted,
  tenant,
  threadId,
} from "./testing/service-scene.js";

const WAITING = "I've passed this on to a colleague, who will answer here.";

describe("a question that the company knows the answer to", () => {
  it("is answered with its sources, and the case waits for the next one", async () => {
    const { open, told, channel, thread, model } = serviceScene([sorted("billing"), priceAnswer]);
    const outcome = await open("What is the price?");
    expect(outcome).toMatchObject({ status: "waiting", on: [{ name: "message", node: "listen" }] });
    expect(outcome.state.reply).toEqual({
      ...{ text: priceText, by: "service" },
      sources: [{ id: "prices", title: "Prices", url: "https://acme.test/prices" }],
    });
    expect(told()).toEqual([priceText]);
    expect(channel.sent[0]).toMatchObject({ to: customer.address, threadId });
    expect(await thread()).toEqual(["user: What is the price?", `assistant: ${priceText}`]);
    expect(model.unused).toBe(0);
  });

  it("is followed by others, all of which that came are one request", async () => {
    const { open, agent, write, told, model } = serviceScene([
      ...[sorted("billing"), priceAnswer],
      ...[sorted("technical", { question: "How do I export data?" }), answered(["Open the settings.", 1])],
    ]);
    await open("What is the price?");
    await agent.message(runId, { text: "One more thing." }, { tenant });
    await write("How do I export?");
    expect(told()).toEqual([priceText, "Open the settings."]);
    expect(JSON.stringify(model.requests[2]?.messages)).toContain("One more thing.\\n\\nHow do I export?");
  });

  it("counts a message that is delivered twice once", async () => {
    const { open, agent, thread } = serviceScene([
      sorted("billing"),
      priceAnswer,
      sorted("billing"),
      priceAnswer,
    ]);
    await open("What is the price?");
    for (const _ of [1, 2]) await agent.message(runId, { text: "Again?", messageId: "m2" }, { tenant });
    await agent.graph.resume(runId, { tenant });
    expect((await thread()).filter((line) => line === "user: Again?")).toHaveLength(1);
  });

  it("is nobody's but the customer's: what others add to the thread is no request", async () => {
    const { open, agent, model } = serviceScene([sorted("billing"), priceAnswer]);
    await open("What is the price?");
    await agent.memory.append(threadId, [userMessage("I am an agent's prompt.")], { tenant, runId: "other" });
    await agent.graph.deliver(runId, "message", {}, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ on: [{ name: "message" }] });
    expect(model.unused).toBe(0);
  });

  it("goes to nobody where the host does not say to whom", () => {
    const { agent } = serviceScene([]);
    expect(() => agent.open({ threadId, text: "Hi" }, { tenant })).toThrow(/open\.customer must be given/);
  });

  it("needs no channel: the reply stands in the thread", async () => {
    const { open, thread, told } = serviceScene([sorted("billing"), priceAnswer], { channel: undefined });
    await open("What is the price?");
    expect(await thread()).toContain(`assistant: ${priceText}`);
    expect(told()).toEqual([]);
  });

  it("is over when nobody writes for so long, and can't be written to any more", async () => {
    const clock = manualClock();
    const { open, agent, thread } = serviceScene([sorted("billing"), priceAnswer], { clock, idleMs: 1_000 });
    await open("What is the price?");
    clock.advance(1_000);
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      status: "completed",
      state: { outcome: "idle" },
    });
    expect(await agent.message(runId, { text: "Hello?" }, { tenant })).toBe(false);
    expect(await agent.message("nobody's", { text: "Hello?" }, { tenant })).toBe(false);
    expect(await thread()).toHaveLength(2);
  });
});

describe("a person is asked", () => {
  it.each([
    ["who is asked for", [sorted("billing", { wantsPerson: true })], "The customer asks for a person."],
    ["by topic", [sorted("refund")], "The topic is for a person."],
    [
      "where the topic is not sure",
      [sorted("billing", { confidence: 0.5 })],
      "It is not sure what the request is about.",
    ],
    [
      "where nothing is known",
      [sorted("billing", { question: "Xyzzy?" })],
      "Nothing that is known answers the request.",
    ],
    [
      "where the passages don't answer",
      [sorted("billing"), answered()],
      "Nothing that is known answers the request.",
    ],
    ["where a model fails", [{ error: new Error("down") }], "The agent could not work on the request."],
    [
      "where an answer can't be had",
      [sorted("billing"), { error: new Error("down") }],
      "The agent could not work on the request.",
    ],
    [
      "where an answer rests on nothing",
      [sorted("billing"), answered(["It is free."])],
      "The answer said more than the passages do, and was not sent.",
    ],
    [
      "where an answer rests on a passage that is not there",
      [sorted("billing"), answered(["It is cheap.", 1, 9])],
      "The answer said more than the passages do, and was not sent.",
    ],
    [
      "where an answer has a number of its own",
      [sorted("billing"), answered(["It costs 900 dollars.", 1])],
      "The answer said more than the passages do, and was not sent.",
    ],
  ])("%s", async (_, script, reason) => {
    const { open, questions, told, model } = serviceScene(script);
    expect(await open("What is the price?")).toMatchObject({ status: "waiting", on: [{ node: "person" }] });
    expect(await questions()).toMatchObject([
      { reason, agent: "service", runId, summary: expect.stringContaining("What is the price?") },
    ]);
    expect(told()).toEqual([WAITING]);
    expect(model.unused).toBe(0);
  });

  it("after two answers that did not help", async () => {
    const unhelped = { before: "not-helped" };
    const { open, write, questions } = serviceScene([
      ...[sorted("billing"), priceAnswer],
      ...[sorted("billing", unhelped), priceAnswer],
      sorted("billing", unhelped),
    ]);
    await open("What is the price?");
    await write("That's not what I asked.");
    expect(await questions()).toEqual([]);
    await write("You don't get it.");
    expect(await questions()).toMatchObject([
      { reason: "The customer was not helped by the answers so far." },
    ]);
  });

  it("and the answer is sent to the customer, and the conversation goes on", async () => {
    const { open, answer, write, told, thread, model } = serviceScene([
      sorted("refund"),
      sorted("billing"),
      priceAnswer,
    ]);
    await open("I want my money back.");
    const outcome = await answer("You get it on Friday.");
    expect(outcome).toMatchObject({
      status: "waiting",
      state: { reply: { text: "You get it on Friday.", by } },
    });
    await write("And what is the price now?");
    expect(told()).toEqual([WAITING, "You get it on Friday.", priceText]);
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("You get it on Friday.");
    expect(await thread()).toHaveLength(5);
  });

  it("who has read what came meanwhile, which is not answered again", async () => {
    const { open, agent, questions, told, model } = serviceScene([sorted("refund")]);
    await open("I want my money back.");
    await agent.message(runId, { text: "Please!" }, { tenant });
    const [question] = await questions();
    await agent.answer(question?.id ?? "", { tenant, by, text: "Done.", seen: 2 });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ on: [{ name: "message" }] });
    expect([told(), model.requests.length]).toEqual([[WAITING, "Done."], 1]);
  });

  it("who does not answer, of which the customer is told", async () => {
    const { open, agent, questions, told } = serviceScene([sorted("refund")]);
    await open("I want my money back.");
    const [question] = await questions();
    await agent.escalations.decline(question?.id ?? "", { tenant, by, reason: "Not ours." });
    await agent.graph.deliver(runId, `approval:${question?.id}`, {}, { tenant });
    await agent.graph.resume(runId, { tenant });
    expect(told()).toEqual([WAITING, "I'm sorry, nobody could answer this yet. Please write again."]);
    expect(told().join()).not.toContain("Not ours.");
  });

  it("and only an identified one can answer, once, with something to say, of the same tenant", async () => {
    const { open, agent, questions, told } = serviceScene([sorted("refund")]);
    await open("I want my money back.");
    const id = (await questions())[0]?.id ?? "";
    await expect(agent.answer(id, { tenant, by, text: " " })).rejects.toThrow(TypeError);
    await expect(agent.answer(id, { tenant, by: "", text: "Yes." })).rejects.toMatchObject({
      code: "approval.invalid",
    });
    await expect(agent.answer(id, { tenant: "other", by, text: "Yes." })).rejects.toMatchObject({
      code: "approval.invalid",
    });
    await agent.answer(id, { tenant, by, text: "Yes." });
    await expect(agent.answer(id, { tenant, by, text: "No." })).rejects.toMatchObject({
      code: "approval.invalid",
    });
    await agent.graph.resume(runId, { tenant });
    expect(told()).toEqual([WAITING, "Yes."]);
  });
});

describe("a request that is handed over", () => {
  const seller = (reply: string) =>
    defineAgent({
      ...{ name: "seller", instructions: "Sell." },
      model: scriptedModel([{ text: JSON.stringify({ reply }) }]),
      input: z.object({ asked: z.string(), mayWriteTo: z.string() }),
      output: z.object({ reply: z.string() }),
    });
  const toSeller = (reply: string) =>
    toAgent(seller(reply), {
      input: ({ text, customer: known }) => ({ asked: text, mayWriteTo: known?.address ?? "" }),
      reply: (output) => output.reply,
    });
  const topics = (reply: string) => ({
    ...DEFAULT_TOPICS,
    sales: { meaning: "wants to buy", to: toSeller(reply) },
  });

  it("is answered by the other agent", async () => {
    const { open, told } = serviceScene([sorted("sales")], { topics: topics("Here is an offer.") });
    const outcome = await open("I'd like ten.");
    expect(outcome.state.reply).toEqual({ text: "Here is an offer.", sources: [], by: "seller" });
    expect(told()).toEqual(["Here is an offer."]);
  });

  it("goes to a person where the other agent fails or has nothing to say", async () => {
    const { open, questions } = serviceScene([sorted("sales")], { topics: topics(" ") });
    await open("I'd like ten.");
    expect(await questions()).toMatchObject([{ reason: expect.stringContaining("handed to could not") }]);

    const failing = defineAgent({ name: "broken", instructions: "x", model: scriptedModel([]) });
    const to = toAgent(failing, { input: ({ text }) => text, reply: (text) => text });
    const broken = serviceScene([sorted("sales")], { topics: { sales: { meaning: "wants to buy", to } } });
    await broken.open("I'd like ten.");
    expect(await broken.questions()).toHaveLength(1);
  });
});

describe("a request that is handed over on a queue", () => {
  it("waits for the other agent, and is answered by what it came to", async () => {
    const clock = systemClock;
    const storage = memoryStorage({ clock });
    const model = scriptedModel([{ text: JSON.stringify({ reply: "Ten it is." }) }]);
    const output = z.object({ reply: z.string() });
    const seller = defineAgent<string, z.output<typeof output>>({
      name: "seller",
      instructions: "Sell.",
      model,
      output,
    });
    const handoffs = createHandoffs({ jobs: memoryJobs({ clock }), storage, agents: [seller] });
    const to = toQueue("seller", {
      ...{ through: handoffs, input: ({ text }) => text },
      reply: (given) => output.parse(given).reply,
    });
    await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 10 });
    const effects = createEffects({ storage, clock });
    const { agent, told } = serviceScene([sorted("sales")], {
      ...{ clock, storage, effects, checkpointer: flows },
      topics: { sales: { meaning: "wants to buy", to } },
    });
    const asked = await agent.open({ threadId, text: "Ten, please.", customer }, { tenant, runId }).result();
    expect(asked).toMatchObject({ status: "waiting", on: [{ node: "hand-over" }] });
    await using _worker = await handoffs.work();
    await expect.poll(told, { timeout: 10_000 }).toEqual(["Ten it is."]);
  });
});

describe("createServiceAgent", () => {
  it.each<[Partial<ServiceOptions>, RegExp]>([
    [{ effects: undefined }, /channel needs `effects`/],
    [{ minConfidence: 2 }, /minConfidence must be a number from 0 to 1/],
    [{ maxUnhelped: 0 }, /maxUnhelped must be a whole number/],
    [{ maxPassages: 0.5 }, /maxPassages must be a whole number/],
    [{ idleMs: 0 }, /idleMs must be a whole number/],
    [{ topics: { billing: { meaning: "" } } }, /"billing" needs a name and a meaning/],
  ])("refuses %o", (options, message) => {
    expect(() => serviceScene([], options)).toThrow(message);
  });

  it("is drawn in its page", () => {
    expect(mermaidIn("customer-service")).toBe(serviceScene([]).agent.graph.toMermaid());
  });
});
