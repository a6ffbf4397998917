import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createMemory } from "../memory/index.js";
import { createSpendCap } from "../model/spend-cap.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { defineAgent } from "./define-agent.js";

const Mail = z.object({ subject: z.string(), body: z.string() });
const MAIL = '{"subject":"Hello","body":"Short."}';

const lookup = defineTool({
  name: "lookup",
  description: "Looks a company up.",
  input: z.object({ domain: z.string() }),
  effect: "read",
  run: ({ domain }) => ({ domain, employees: 40 }),
});

function writer(script: readonly ScriptedReply[], maxSteps = 10) {
  const model = scriptedModel(script);
  const agent = defineAgent({
    name: "writer",
    instructions: "You write mails.",
    tools: [lookup],
    output: Mail,
    model,
    maxSteps,
  });
  return { agent, model };
}

async function typesOf(events: AsyncIterable<{ readonly type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

const tenant = "acme";

describe("defineAgent", () => {
  it("answers in text when no shape is asked for", async () => {
    const agent = defineAgent({
      name: "greeter",
      instructions: "Greet.",
      model: scriptedModel([{ text: ["Hel", "lo"] }]),
    });
    expect(await agent.run("hi", { tenant }).output()).toBe("Hello");
  });

  it("runs tools, tells the model what they found, and validates the answer", async () => {
    const { agent, model } = writer([
      { toolCalls: [{ name: "lookup", input: { domain: "figma.com" } }] },
      { text: MAIL },
    ]);
    const result = await agent.run("Write to Figma.", { tenant }).result();

    expect(result.output).toEqual({ subject: "Hello", body: "Short." });
    expect(result.summary).toMatchObject({
      modelCalls: 2,
      toolCalls: 1,
      usage: { inputTokens: 20, outputTokens: 10 },
    });
    expect(result.summary.costUsd).toBeCloseTo(0.00002, 12);
    expect(model.requests[1]?.messages.at(-1)).toEqual({
      role: "tool",
      parts: [
        {
          type: "tool-result",
          callId: "call_0_0",
          name: "lookup",
          output: { domain: "figma.com", employees: 40 },
          failed: false,
          origin: "external",
        },
      ],
    });
  });

  it("runs the tool calls of one answer side by side", async () => {
    let running = 0;
    let most = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = defineTool({
      name: "slow",
      description: "Waits for its twin.",
      input: z.object({}),
      effect: "none",
      run: async () => {
        most = Math.max(most, ++running);
        if (running === 2) release();
        await both;
        return "done";
      },
    });
    const model = scriptedModel([{ toolCalls: [{ name: "slow" }, { name: "slow" }] }, { text: "ok" }]);
    const agent = defineAgent({ name: "pair", instructions: "Do.", tools: [slow], model });
    await agent.run("go", { tenant }).output();
    expect(most).toBe(2);
  });

  it("streams partials that fit, tokens, tools and the end, in order", async () => {
    const { agent } = writer([
      { toolCalls: [{ name: "lookup", input: { domain: "a.io" } }] },
      { text: ['{"subject":"He', 'llo","body":"x"}'] },
    ]);
    expect(await typesOf(agent.run("x", { tenant }))).toEqual([
      "run-started",
      "step-started",
      "start",
      "tool-call-start",
      "tool-call-delta",
      "tool-call-end",
      "finish",
      "tool-started",
      "tool-finished",
      "step-started",
      "start",
      "text-delta",
      "output-partial",
      "text-delta",
      "output-partial",
      "finish",
      "run-completed",
    ]);
  });

  it("asks again with the issues when the answer has the wrong shape", async () => {
    const { agent, model } = writer([{ text: '{"subject":1}' }, { text: MAIL }]);
    expect(await agent.run("x", { tenant }).output()).toEqual({ subject: "Hello", body: "Short." });
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toMatch(/subject: .*body: /s);
  });

  it("ends with the issues when the answer stays wrong", async () => {
    const { agent } = writer([{ text: "no" }, { text: '{"subject":1}' }]);
    await expect(agent.run("x", { tenant }).output()).rejects.toMatchObject({
      code: "model.output_invalid",
      facts: { issues: [{ path: "subject" }, { path: "body" }] },
    });
  });

  it.each([
    ["length", "model.output_truncated"],
    ["content-filter", "model.content_filtered"],
  ] as const)("never takes an answer that ended by %s for whole", async (finish, code) => {
    const agent = defineAgent({
      name: "a",
      instructions: "b",
      model: scriptedModel([{ text: "Half an ans", finish }]),
    });
    await expect(agent.run("x", { tenant }).output()).rejects.toMatchObject({ code });
  });

  it("stops at its step limit", async () => {
    const call: ScriptedReply = { toolCalls: [{ name: "lookup", input: { domain: "a.io" } }] };
    const { agent, model } = writer([call, call, call], 2);
    await expect(agent.run("x", { tenant }).output()).rejects.toMatchObject({
      code: "agent.step_limit",
      facts: { limit: 2 },
    });
    expect(model.requests).toHaveLength(2);
  });

  it("lets the model mend a call with wrong input", async () => {
    const { agent, model } = writer([
      { toolCalls: [{ name: "lookup", input: { site: 1 } }] },
      { text: MAIL },
    ]);
    await agent.run("x", { tenant }).output();
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("tool.input_invalid");
  });

  it("sends nothing before the run is read", async () => {
    const { agent, model } = writer([{ text: MAIL }]);
    const run = agent.run("x", { tenant });
    await Promise.resolve();
    expect(model.requests).toHaveLength(0);
    await run.output();
    expect(model.requests).toHaveLength(1);
  });

  it("rejects with the caller's own reason while the model hangs", async () => {
    const agent = defineAgent({
      name: "a",
      instructions: "b",
      model: scriptedModel([{ until: new Promise(() => {}) }]),
    });
    const caller = new AbortController();
    const pending = agent.run("x", { tenant, signal: caller.signal }).output();
    await new Promise(setImmediate);
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it("ends on abort() and on break, for every reader", async () => {
    const { agent } = writer([{ text: MAIL }, { text: MAIL }]);
    const run = agent.run("x", { tenant });
    run.abort(new Error("enough"));
    await expect(run.output()).rejects.toThrow("enough");

    const left = agent.run("x", { tenant });
    for await (const event of left) if (event.type === "start") break;
    await expect(left.output()).rejects.toMatchObject({ name: "AbortError" });
    await left.settled();
  });

  it("refuses a call that could pass the cap, before it is made", async () => {
    const { agent, model } = writer([{ text: MAIL }]);
    const spendCap = createSpendCap({ usd: 0.000001 });
    await expect(agent.run("x", { tenant, spendCap }).output()).rejects.toMatchObject({
      code: "budget.exceeded",
    });
    expect(model.requests).toHaveLength(0);
    expect(spendCap.spentUsd).toBe(0);
  });

  it("books what calls cost, and gives back what a refused call did not use", async () => {
    const rateLimited = new SalesAgentError("model.rate_limited", {
      message: "later",
      facts: { provider: "scripted", modelId: "plan" },
      replay: "safe",
    });
    const { agent } = writer([{ text: MAIL, costUsd: 0.002 }, { error: rateLimited }]);
    const spendCap = createSpendCap({ usd: 1 });
    await agent.run("x", { tenant, spendCap }).output();
    await expect(agent.run("x", { tenant, spendCap }).output()).rejects.toBe(rateLimited);
    expect(spendCap.spentUsd).toBeCloseTo(0.002, 12);
    spendCap.reserve(0.998).release();
  });

  it("checks its input", async () => {
    const agent = defineAgent({
      name: "a",
      instructions: "b",
      input: z.object({ domain: z.string() }),
      model: scriptedModel([]),
    });
    await expect(agent.run({ domain: 5 as never }, { tenant }).output()).rejects.toMatchObject({
      code: "agent.input_invalid",
      facts: { issues: [{ path: "domain" }] },
    });
  });

  it.each([
    [{ name: " " }, /agent\.name/],
    [{ maxSteps: 0 }, /agent\.maxSteps/],
    [{ maxRepairs: 1.5 }, /agent\.maxRepairs/],
    [{ tools: [lookup, lookup] }, /two tools are named "lookup"/],
  ])("refuses %j", (overrides, message) => {
    const make = () => defineAgent({ name: "a", instructions: "b", model: scriptedModel([]), ...overrides });
    expect(make).toThrow(message);
  });

  it("refuses a run without a tenant", () => {
    const { agent } = writer([]);
    expect(() => agent.run("x", { tenant: "" })).toThrow(/options\.tenant/);
  });

  it("gives text alone, or server-sent events with a clear end", async () => {
    const { agent } = writer([
      { text: ['{"subject":"S",', '"body":"B"}'] },
      { error: new TypeError("secret detail") },
    ]);
    let text = "";
    for await (const piece of agent.run("x", { tenant }).textStream()) text += piece;
    expect(JSON.parse(text)).toEqual({ subject: "S", body: "B" });

    const body = await new Response(agent.run("x", { tenant }).toSSE()).text();
    expect(body).toMatch(/^id: 1\nevent: run-started\ndata: \{/);
    expect(body).toMatch(/event: error\ndata: \{"code":"internal","message":"The run failed\."\}\n\n$/);
    expect(body).not.toContain("secret detail");
  });

  it("infers inputs, outputs and events without a cast", () => {
    const run = writer([]).agent.run("x", { tenant });
    expectTypeOf(run.output).returns.resolves.toEqualTypeOf<{ subject: string; body: string }>();
    const typed = defineAgent({
      name: "a",
      instructions: "b",
      input: z.object({ n: z.number() }),
      model: scriptedModel([]),
    });
    expectTypeOf(typed.run).parameter(0).toEqualTypeOf<{ n: number }>();
    expectTypeOf(lookup.run).parameter(0).toEqualTypeOf<{ domain: string }>();
    const read = async () => {
      for await (const event of run) {
        if (event.type === "run-completed") expectTypeOf(event.output.subject).toEqualTypeOf<string>();
        if (event.type === "text-delta") expectTypeOf(event.text).toEqualTypeOf<string>();
      }
    };
    expectTypeOf(read).returns.resolves.toBeVoid();
  });

  it("leaves no timer behind", async () => {
    const clock = manualClock();
    const agent = defineAgent({
      name: "a",
      instructions: "b",
      tools: [lookup],
      clock,
      model: scriptedModel([{ toolCalls: [{ name: "lookup", input: { domain: "a.io" } }] }, { text: "ok" }]),
    });
    await agent.run("x", { tenant }).output();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("an agent's description", () => {
  it("has its tools, and what it takes and gives", () => {
    const model = scriptedModel([]);
    const shared = { name: "writer", instructions: "Write.", model };
    const typed = defineAgent({
      ...shared,
      tools: [lookup],
      input: z.object({ to: z.string() }),
      output: Mail,
    });
    expect(typed.describe()).toMatchObject({
      name: "writer",
      input: { type: "object", properties: { to: { type: "string" } } },
      output: { type: "object", required: ["subject", "body"] },
      tools: [{ name: "lookup", description: "Looks a company up.", effect: "read" }],
    });
    expect(defineAgent(shared).describe()).toEqual({
      ...{ name: "writer", remembers: false, output: { type: "string" }, tools: [] },
    });
    const memory = createMemory({ storage: memoryStorage() });
    expect(defineAgent({ ...shared, memory }).describe().remembers).toBe(true);
  });

  it("leaves out what can't be printed", () => {
    const agent = defineAgent({ name: "a", instructions: "", model: scriptedModel([]), input: z.date() });
    expect(agent.describe()).not.toHaveProperty("input");
  });
});
