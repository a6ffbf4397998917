import { manualClock } from "@salesagent/conformance";
import type { SalesEventName } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createEventBus } from "../kernel/event-bus.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { defineAgent } from "./define-agent.js";

const lookup = defineTool({
  name: "lookup",
  description: "Looks a company up.",
  input: z.object({ domain: z.string() }),
  effect: "read",
  run: ({ domain }) => ({ domain }),
});

function setup(script: readonly ScriptedReply[] | (() => ScriptedReply)) {
  const storage = memoryStorage();
  const events = createEventBus();
  const told: string[] = [];
  for (const name of [
    "run-started",
    "run-step",
    "task-tool-use",
    "task-tool-result",
    "run-completed",
    "run-failed",
  ] satisfies SalesEventName[]) {
    events.on(name, () => told.push(name));
  }
  const agent = defineAgent({
    name: "writer",
    instructions: "Write.",
    tools: [lookup],
    model: scriptedModel(script),
    storage,
    events,
    clock: manualClock(),
  });
  return { agent, stores: storage.tenant("acme"), told, storage, events };
}

const tenant = "acme";

describe("what a run leaves on record", () => {
  it("holds the run, its steps, its model calls and the day's usage", async () => {
    const { agent, stores, told } = setup([
      { toolCalls: [{ name: "lookup", input: { domain: "figma.com" } }] },
      { text: "Done.", costUsd: 0.5 },
    ]);
    const run = agent.run("Write to Figma.", { tenant, threadId: "t1" });
    await run.output();

    expect(await stores.runs.get(run.id)).toMatchObject({
      agent: "writer",
      status: "completed",
      threadId: "t1",
      input: "Write to Figma.",
      output: "Done.",
      engine: "scripted/plan",
      usage: { inputTokens: 20, outputTokens: 10 },
    });
    const steps = await stores.steps.list(run.id);
    expect(steps.items.map(({ index, kind, name, status }) => [index, kind, name, status])).toEqual([
      [0, "model", "plan", "completed"],
      [1, "tool", "lookup", "completed"],
      [2, "model", "plan", "completed"],
    ]);
    const calls = await stores.modelCalls.list({ runId: run.id });
    expect(calls.items.map(({ stepIndex, outcome }) => [stepIndex, outcome])).toEqual([
      [0, "completed"],
      [2, "completed"],
    ]);
    expect(await stores.usage.list()).toMatchObject([
      {
        agent: "writer",
        provider: "scripted",
        calls: 2,
        failedCalls: 0,
        inputTokens: 20,
        costNanoUsd: 500_010_000,
      },
    ]);
    expect(told).toEqual([
      "run-started",
      "run-step",
      "task-tool-use",
      "run-step",
      "task-tool-result",
      "run-step",
      "run-completed",
    ]);
  });

  it("says why a run failed, without the words of foreign errors, and counts its failed call", async () => {
    const { agent, stores, told } = setup([{ error: new Error("password=hunter2") }]);
    const run = agent.run("x", { tenant });
    await expect(run.output()).rejects.toThrow("hunter2");
    await run.settled();
    const record = await stores.runs.get(run.id);
    expect(record).toMatchObject({ status: "failed", error: { code: "internal" } });
    expect(JSON.stringify(record)).not.toContain("hunter2");
    expect(await stores.usage.list()).toMatchObject([{ calls: 1, failedCalls: 1 }]);
    expect(told.at(-1)).toBe("run-failed");
  });

  it("marks a run that its reader left as cancelled", async () => {
    const { agent, stores } = setup([{ text: ["a", "b"] }]);
    const run = agent.run("x", { tenant });
    for await (const event of run) if (event.type === "text-delta") break;
    await run.settled();
    expect(await stores.runs.get(run.id)).toMatchObject({ status: "cancelled" });
    expect((await stores.modelCalls.list({ runId: run.id })).items).toMatchObject([{ outcome: "aborted" }]);
  });

  it("shows a run as running while it runs", async () => {
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { agent, stores } = setup([{ text: "ok", until }]);
    const run = agent.run("x", { tenant });
    const reading = run[Symbol.asyncIterator]();
    for (let step = await reading.next(); !step.done && step.value.type !== "start"; )
      step = await reading.next();
    expect(await stores.runs.get(run.id)).toMatchObject({ status: "running" });
    release();
    while (!(await reading.next()).done);
    expect(await stores.runs.get(run.id)).toMatchObject({ status: "completed" });
  });

  it("keeps the records of hundreds of runs at once, each once", async () => {
    const { agent, stores } = setup(() => ({ text: "ok" }));
    const ids = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const run = agent.run("x", { tenant });
        await run.output();
        return run.id;
      }),
    );
    for (const id of ids) expect(await stores.runs.get(id)).toMatchObject({ status: "completed" });
    expect(await stores.usage.list()).toMatchObject([{ calls: 300 }]);
  });

  it("stays in its tenant", async () => {
    const { agent, storage } = setup([{ text: "ok" }]);
    const run = agent.run("x", { tenant });
    await run.output();
    expect(await storage.tenant("other").runs.get(run.id)).toBeUndefined();
  });

  it("goes on when a listener throws", async () => {
    const { agent, events } = setup([{ text: "ok" }]);
    events.on("run-started", () => {
      throw new Error("listener");
    });
    expect(await agent.run("x", { tenant }).output()).toBe("ok");
  });
});
