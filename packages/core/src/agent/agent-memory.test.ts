import { manualClock } from "@salesagent/conformance";
import { type Message, type Storage, systemMessage, userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createBudgets } from "../budget/index.js";
import { createMemory, type MemoryOptions } from "../memory/index.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/index.js";
import type { Attributes, Telemetry } from "../telemetry/telemetry.js";
import { defineTool } from "../tools/define-tool.js";
import { BaseAgent } from "./base-agent.js";
import { type AgentDefinition, defineAgent } from "./define-agent.js";
import type { RunContext } from "./run-context.js";

const at = { tenant: "acme", threadId: "call-7" };

interface World {
  readonly replies: readonly ScriptedReply[];
  readonly agent?: Partial<AgentDefinition<string, string>>;
  readonly memory?: Partial<MemoryOptions>;
  readonly contextTokens?: number;
}

function world({ replies, agent, memory: memoryOptions, contextTokens }: World) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const memory = createMemory({ storage, clock, ...memoryOptions });
  const model = scriptedModel(replies, contextTokens ? { contextTokens, maxOutputTokens: 500 } : {});
  const seller = defineAgent({ name: "seller", instructions: "Sell.", model, memory, clock, ...agent });
  return { storage, memory, model, agent: seller, clock };
}

const said = async (storage: Storage): Promise<readonly Message[]> =>
  (await storage.tenant("acme").messages.list("call-7")).items.map(({ message }) => message);

const texts = (messages: readonly Message[] | undefined) =>
  messages?.map(
    ({ role, parts }) => `${role}: ${parts.map((part) => ("text" in part ? part.text : part.type))}`,
  );

describe("an agent with a memory", () => {
  it("is told what was said in its thread before", async () => {
    const { agent, model } = world({ replies: [{ text: "Hello Ada!" }, { text: "Ada." }] });
    await agent.run("I am Ada.", at).output();
    await agent.run("Who am I?", at).output();
    expect(texts(model.requests[1]?.messages)).toEqual([
      "system: Sell.",
      "user: I am Ada.",
      "assistant: Hello Ada!",
      "user: Who am I?",
    ]);
  });

  it("keeps threads and tenants apart, and runs without a thread to themselves", async () => {
    const { agent, model } = world({ replies: Array(4).fill({ text: "Yes." }) });
    await agent.run("I am Ada.", at).output();
    await agent.run("Who am I?", { ...at, threadId: "call-8" }).output();
    await agent.run("Who am I?", { ...at, tenant: "globex" }).output();
    await agent.run("Who am I?", { tenant: "acme" }).output();
    for (const { messages } of model.requests) expect(messages).toHaveLength(2);
  });

  it("keeps calls of tools with their results, and none of its instructions", async () => {
    const lookup = defineTool({
      name: "lookup",
      description: "Looks up.",
      input: z.object({}),
      effect: "read",
      run: () => ({ employees: 9 }),
    });
    const { agent, storage } = world({
      replies: [
        { reasoning: "Hm.", toolCalls: [{ name: "lookup" }] },
        { reasoning: "Nine.", text: "Nine." },
      ],
      agent: {
        tools: [lookup],
        prompt: (input) => [systemMessage("Be brief."), userMessage(input, "external")],
      },
    });
    await agent.run("How many?", at).output();
    expect(texts(await said(storage))).toEqual([
      "user: How many?",
      "assistant: Hm.,tool-call",
      "tool: tool-result",
      "assistant: Nine.",
    ]);
  });

  it("leaves out answers that had to be asked for again", async () => {
    const { storage, model, memory } = world({ replies: [{ text: "no json" }, { text: '{"size":9}' }] });
    const agent = defineAgent({
      ...{ name: "sizer", instructions: "", model, memory },
      output: z.object({ size: z.number() }),
    });
    expect(await agent.run("How large?", at).output()).toEqual({ size: 9 });
    expect(texts(await said(storage))).toEqual(["user: How large?", 'assistant: {"size":9}']);
  });

  it("adds nothing when it fails or is aborted", async () => {
    const { agent, storage } = world({
      replies: [{ error: new Error("down") }, { text: ["Hel", "lo"], until: new Promise(() => {}) }],
    });
    await expect(agent.run("Hi.", at).output()).rejects.toThrow("down");
    const caller = new AbortController();
    const run = agent.run("Hi.", { ...at, signal: caller.signal }).output();
    caller.abort(new Error("hung up"));
    await expect(run).rejects.toThrow("hung up");
    expect(await said(storage)).toEqual([]);
  });

  it("adds what was said once when the same work is begun again, and is not told of the first try", async () => {
    const { agent, storage, model } = world({ replies: Array(3).fill({ text: "Booked." }) });
    const effectScope = { runId: "flow-1", step: "2/book" };
    await agent.run("Book it.", { ...at, effectScope }).output();
    await agent.run("Book it.", { ...at, effectScope }).output();
    expect(texts(await said(storage))).toEqual(["user: Book it.", "assistant: Booked."]);
    expect(model.requests[1]?.messages).toHaveLength(2);
    await agent.run("Book it.", { ...at, effectScope: { runId: "flow-1", step: "3/book" } }).output();
    expect(await said(storage)).toHaveLength(4);
  });

  it("is told what is known of its lead, as data", async () => {
    const { agent, memory, model } = world({ replies: [{ text: "Hi." }, { text: "Hi." }] });
    await memory.remember(
      [
        { subject: "lead:7", text: "Has a budget of 10,000 EUR." },
        { subject: "person:bo", text: "Decides." },
        { subject: "lead:8", text: "Is somebody else." },
      ],
      { tenant: "acme" },
    );
    await agent.run("Hello.", { ...at, leadId: "7" }).output();
    await agent.run("Hello.", { ...at, threadId: "b", leadId: "7", subjects: ["person:bo"] }).output();
    const [, facts] = model.requests[0]?.messages ?? [];
    expect(facts?.parts[0]).toMatchObject({
      origin: "external",
      text: expect.stringContaining("10,000 EUR"),
    });
    expect(JSON.stringify(model.requests[0])).not.toMatch(/Decides|somebody else/);
    expect(JSON.stringify(model.requests[1])).toMatch(/Decides/);
  });

  it("is told the same where another agent handed it the work", async () => {
    const { agent, memory, model } = world({ replies: [{ text: "Hi." }] });
    class Desk extends BaseAgent<string, string> {
      readonly name = "desk";
      protected override async *processTask(input: string, context: RunContext) {
        const run = this.handoffTo(agent, input, context);
        for await (const event of run) if (event.type === "finish") yield event;
        return await run.output();
      }
    }
    await memory.append(at.threadId, [userMessage("I am Bo.")], at);
    await memory.remember([{ subject: "person:bo", text: "Decides." }], { tenant: "acme" });
    await new Desk().run("Hello.", { ...at, subjects: ["person:bo"] }).output();
    expect(JSON.stringify(model.requests[0])).toMatch(/Decides.*I am Bo/);
  });

  it("leaves room for its answer, its tools and what is new", async () => {
    const { agent, model, memory } = world({ replies: [{ text: "Yes." }], contextTokens: 2_000 });
    for (let turn = 0; turn < 20; turn++) {
      const answer: Message = { role: "assistant", parts: [{ type: "text", text: "word ".repeat(50) }] };
      await memory.append(at.threadId, [userMessage(`turn ${turn}`), answer], at);
    }
    await agent.run("And?", at).output();
    const told = model.requests[0]?.messages ?? [];
    const tokens = told.reduce((sum, message) => sum + memory.countTokens(message), 0);
    expect(tokens).toBeLessThanOrEqual(1_500);
    expect(tokens).toBeGreaterThan(1_300);
  });

  it("leaves half of the room to what tools bring", async () => {
    const tools = [
      defineTool({ name: "t", description: "Does it.", input: z.object({}), effect: "none", run: () => 1 }),
    ];
    const { agent, model, memory } = world({
      ...{ replies: [{ text: "Yes." }], contextTokens: 2_000 },
      agent: { tools },
    });
    for (let turn = 0; turn < 40; turn++)
      await memory.append(at.threadId, [userMessage("word ".repeat(20))], at);
    await agent.run("And?", at).output();
    const told = model.requests[0]?.messages ?? [];
    const tokens = told.reduce((sum, message) => sum + memory.countTokens(message), 0);
    expect(tokens).toBeLessThan(800);
    expect(tokens).toBeGreaterThan(600);
  });

  it("refuses a run whose own messages do not fit, before any call", async () => {
    const { agent, model } = world({ replies: [], contextTokens: 2_000 });
    const run = agent.run("word ".repeat(2_000), at).output();
    await expect(run).rejects.toMatchObject({
      code: "memory.context_full",
      facts: { threadId: "call-7", limitTokens: 1_500 },
    });
    expect(model.requests).toEqual([]);
  });

  it("counts what its tools take", async () => {
    const description = "word ".repeat(2_000);
    const tool = defineTool({ name: "t", description, input: z.object({}), effect: "none", run: () => 1 });
    const { agent } = world({ replies: [], contextTokens: 2_000, agent: { tools: [tool] } });
    await expect(agent.run("And?", at).output()).rejects.toMatchObject({ code: "memory.context_full" });
  });

  it("has the summary's cost on its own record, within its budget", async () => {
    const summariser = scriptedModel([{ text: "Ada sells shoes.", costUsd: 0.5 }], {}, { modelId: "small" });
    const { storage, clock, memory } = world({
      replies: [],
      memory: { summariser, window: { maxTokens: 500, summariseAboveTokens: 200 } },
    });
    for (let turn = 0; turn < 9; turn++)
      await memory.append(at.threadId, [userMessage("word ".repeat(20))], at);
    const model = scriptedModel([{ text: "Yes.", costUsd: 0.25 }]);
    const budgets = createBudgets({ storage, clock, budgets: [{ name: "own", scope: "agent", usd: 5 }] });
    const base = { name: "seller", instructions: "", model, memory, storage, clock };
    const recorded = defineAgent({ ...base, budgets });
    const run = recorded.run("And?", { ...at, delivery: "whole" });
    const { summary } = await run.result();
    expect(summary).toMatchObject({ costUsd: 0.75, modelCalls: 2 });
    expect(await budgets.read({ tenant: "acme", agent: "seller" })).toMatchObject([{ spent: { usd: 0.75 } }]);
    const { items } = await storage.tenant("acme").modelCalls.list({ runId: run.id });
    expect(items.map(({ modelId, agent: by }) => `${modelId} for ${by}`).sort()).toEqual([
      "plan for seller",
      "small for seller",
    ]);
  });

  it("goes on without the older messages when the summariser fails", async () => {
    const errors: unknown[] = [];
    const summariser = scriptedModel([{ error: new Error("down") }]);
    const { agent, memory, model } = world({
      replies: [{ text: "Yes." }],
      memory: {
        ...{ summariser, onError: (error: unknown) => errors.push(error) },
        window: { maxTokens: 500, summariseAboveTokens: 200 },
      },
    });
    for (let turn = 0; turn < 30; turn++)
      await memory.append(at.threadId, [userMessage(`${"word ".repeat(9)}${turn}`)], at);
    await agent.run("And?", at).output();
    expect(errors).toHaveLength(1);
    expect(texts(model.requests[0]?.messages)?.at(-2)).toMatch(/word 29$/);
    expect(texts(model.requests[0]?.messages)?.join("\n")).not.toMatch(/word 0$/m);
  });

  it("says in its trace how much of its thread it was told", async () => {
    const spans = new Map<string, Attributes>();
    const telemetry: Telemetry = {
      startSpan: (name) => ({
        set: (attributes) => void spans.set(name, attributes),
        fail: (code) => void spans.set(name, { failed: code }),
        end: () => {},
      }),
      measure: () => {},
    };
    const { agent, memory, storage } = world({
      ...{ replies: [{ text: "Yes." }], memory: { window: { maxMessages: 2 } } },
      agent: { telemetry },
    });
    for (let turn = 0; turn < 5; turn++) await memory.append(at.threadId, [userMessage("Hm.")], at);
    await agent.run("And?", at).output();
    expect(spans.get("read_thread")).toEqual({
      "salesagent.memory.messages": 2,
      "salesagent.memory.dropped_messages": 3,
      "salesagent.memory.tokens": 2 * memory.countTokens(userMessage("Hm.")),
    });
    await storage[Symbol.asyncDispose]();
    await expect(agent.run("And?", at).output()).rejects.toMatchObject({ code: "store.closed" });
    expect(spans.get("read_thread")).toEqual({ failed: "store.closed" });
  });

  it("fails when what was said can't be kept: a thread has no holes that nobody knows of", async () => {
    const { agent, storage } = world({ replies: [{ text: "Yes." }] });
    const closing = async () => {
      for await (const event of agent.run("And?", at)) {
        if (event.type === "finish") await storage[Symbol.asyncDispose]();
      }
    };
    await expect(closing()).rejects.toMatchObject({ code: "store.closed" });
  });
});
