import { describe, expect, it } from "vitest";
import { defineAgent } from "../agent/define-agent.js";
import { createEffects } from "../effects/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { handoffTool } from "./handoff-tool.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent, handoffWorld, tenant } from "./testing/handoff-world.js";

describe("the tool that hands work over", () => {
  it("hands over once, though the run is begun again in other words", async () => {
    const done: string[] = [];
    const support = new FunctionAgent("support", (task: string) => void done.push(task));
    const { handoffs, storage, clock, until, stores } = handoffWorld([support]);
    let words = 0;
    const model = scriptedModel((request) => {
      if (request.messages.at(-1)?.role === "tool")
        return words === 1 ? { error: new Error("died") } : { text: "ok" };
      const input = { agent: "support", task: `Call Ada, said ${++words} times.` };
      return { toolCalls: [{ name: "hand_over", input }] };
    });
    const sales = defineAgent({
      ...{ name: "sales", instructions: "Sell.", model, clock, storage },
      tools: [handoffTool({ through: handoffs, from: "sales", agents: { support: "complaints" } })],
      effects: createEffects({ storage, clock }),
    });
    const scope = { tenant, effectScope: { runId: "lead-7", step: "call" } };
    await expect(sales.run("go", scope).output()).rejects.toThrow();
    await sales.run("go", scope).output();

    const handed = (await stores.runs.list({ agent: "handoff:support" })).items;
    expect(handed).toHaveLength(1);
    await using _worker = await handoffs.work();
    await until(handed[0]?.id, "completed");
    expect(done).toEqual(["Call Ada, said 1 times."]);
  });

  it("counts the agents that the work went through, and tells the model where it ends", async () => {
    const told: string[] = [];
    const { handoffs, storage, clock } = handoffWorld(() => [echo], { maxDepth: 2 });
    const model = scriptedModel((request) => {
      const [part] = request.messages.at(-1)?.parts ?? [];
      if (part?.type !== "tool-result") {
        return { toolCalls: [{ name: "hand_over", input: { agent: "echo", task: "again" } }] };
      }
      if (part.failed) told.push(String(part.output));
      return { text: "ok" };
    });
    const echo = defineAgent({
      ...{ name: "echo", instructions: "Echo.", model, clock },
      tools: [handoffTool({ through: handoffs, from: "echo", agents: { echo: "itself" } })],
      effects: createEffects({ storage, clock }),
    });
    await handoffs.to("echo", "go", { tenant });
    await using _worker = await handoffs.work();
    await eventually(() => told).toEqual([expect.stringContaining("handoff.too_deep")]);
  });

  it("offers the agents that it was given, and no others", async () => {
    const { handoffs } = handoffWorld([]);
    const tool = handoffTool({ through: handoffs, from: "a", agents: { b: "b", c: "c" } });
    expect(tool.inputSchema).toMatchObject({ properties: { agent: { enum: ["b", "c"] } } });
    expect(() => handoffTool({ through: handoffs, from: "a", agents: {} })).toThrow("handoffTool.agents");
  });
});
