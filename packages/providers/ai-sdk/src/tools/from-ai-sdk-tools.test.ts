import { createApprovals, createEffects, EffectSlots } from "@salesagent/core/effects";
import { type AnyTool, runTool } from "@salesagent/core/tools";
import { type JsonValue, systemClock } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { asSchema, jsonSchema, tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type FromAiSdkToolsOptions, fromAiSdkTools } from "./from-ai-sdk-tools.js";

const weather = tool({
  description: "Tells the weather.",
  inputSchema: z.object({ city: z.string().min(1), unit: z.enum(["C", "F"]).default("C") }),
  execute: async ({ city, unit }) => ({ city, unit, degrees: 20 }),
});

async function open(
  tools: Parameters<typeof fromAiSdkTools>[0],
  options: Partial<FromAiSdkToolsOptions> = {},
) {
  const made = await fromAiSdkTools(tools, { asSchema, ...options });
  const storage = memoryStorage();
  const effects = createEffects({ storage });
  const call = (name: string, input: JsonValue) =>
    runTool(
      new Map(made.map((item): [string, AnyTool] => [item.name, item])),
      { type: "tool-call", callId: "c1", name, input },
      { tenant: "acme", runId: "r1", signal: new AbortController().signal, clock: systemClock },
      { effects, agent: "bdr", runId: "r1", slots: new EffectSlots("step") },
    );
  return { made, call, approvals: createApprovals({ storage }) };
}

describe("tools of the AI SDK in ours", () => {
  it("are called with checked input, and bring words of others", async () => {
    const { made, call } = await open({ weather }, { effect: "read" });
    expect(made).toMatchObject([
      { name: "weather", effect: "read", origin: "external", description: "Tells the weather." },
    ]);
    expect(made[0]?.inputSchema).toMatchObject({ type: "object", required: ["city"] });
    expect(await call("weather", { city: "Bonn" })).toMatchObject({
      output: { city: "Bonn", unit: "C", degrees: 20 },
    });
    expect(await call("weather", { city: "" })).toMatchObject({
      failed: true,
      errorCode: "tool.input_invalid",
    });
  });

  it("give the last of what they yield, and are told of their call", async () => {
    const told: unknown[] = [];
    const steps = tool({
      inputSchema: jsonSchema<{ n: number }>({ type: "object", properties: { n: { type: "number" } } }),
      async *execute({ n }, { toolCallId, experimental_context, abortSignal }) {
        told.push([toolCallId, experimental_context, abortSignal instanceof AbortSignal]);
        for (let index = 1; index <= n; index++) yield index;
      },
    });
    const { call } = await open({ steps }, { effect: "none", context: { user: 1 } });
    expect(await call("steps", { n: 3 })).toMatchObject({ output: 3 });
    expect(told).toEqual([["c1", { user: 1 }, true]]);
  });

  it("write unless the host says that they read: the same input is done once", async () => {
    let done = 0;
    const post = tool({ inputSchema: jsonSchema<object>({ type: "object" }), execute: () => ++done });
    const first = await open(
      { post, weather },
      { effect: (name) => (name === "weather" ? "read" : undefined) },
    );
    expect(first.made.map(({ effect }) => effect)).toEqual(["write", "read"]);
    expect(await first.call("post", { a: 1, b: 2 })).toMatchObject({ output: 1 });
    expect(await first.call("post", { b: 2, a: 1 })).toMatchObject({ output: 1 });
    expect(await first.call("post", { a: 1, b: 3 })).toMatchObject({ output: 2 });
  });

  it.each<[string, true | (() => boolean)]>([
    ["always", true],
    ["by a function", () => false],
  ])("that need approval %s wait for a person on record", async (_name, needsApproval) => {
    let done = 0;
    const pay = tool({ inputSchema: z.object({ usd: z.number() }), needsApproval, execute: () => ++done });
    const { call, approvals } = await open({ pay });
    const { facts } = await call("pay", { usd: 5 }).catch((error) => error);
    expect(done).toBe(0);
    await approvals.approve(facts.approvalId, { tenant: "acme", by: "user:1" });
    expect(await call("pay", { usd: 5 })).toMatchObject({ output: 1 });
  });

  it("that nobody here could run are refused by name", async () => {
    const confirm = tool({ inputSchema: z.object({}), outputSchema: z.string() });
    await expect(open({ confirm })).rejects.toThrow("tools.confirm has no execute");
  });
});
