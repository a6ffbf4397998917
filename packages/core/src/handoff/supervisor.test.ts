import type { ModelRequest } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/define-agent.js";
import { waitForApproval } from "../agent/wait-for-approval.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { durableFlows } from "../graph/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { defineTool } from "../tools/define-tool.js";
import { createSupervisor, type SupervisorOptions } from "./supervisor.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent } from "./testing/handoff-world.js";
import { mortal } from "./testing/mortal.js";

const tenant = "acme";
const quick = { leaseMs: 300, pollMs: 20 };
const decide = (next: string, text: string) => ({ text: JSON.stringify({ next, text }) });

/** How many reports the supervisor was shown. */
const reportsIn = ({ messages }: ModelRequest) =>
  messages.filter(({ parts }) => parts.some((part) => "origin" in part && part.origin === "external")).length;

/** Researches, writes, and finishes. */
function office(options: Partial<SupervisorOptions> = {}, done: string[] = []) {
  const model = scriptedModel((request) => {
    const plan = [decide("research", "Find Figma."), decide("write", "Write to Figma.")];
    return plan[reportsIn(request)] ?? decide("finish", "Written.");
  });
  const worker = (name: string) =>
    new FunctionAgent(name, (task: string) => ({ done: done.push(`${name}: ${task}`) }));
  const agents = {
    research: { agent: worker("research"), about: "finds facts" },
    write: { agent: worker("write"), about: "writes mails" },
  };
  return { graph: createSupervisor({ model, agents, ...options }), model, done };
}

describe("a supervisor", () => {
  it("gives tasks one after the other, reads the reports, and finishes", async () => {
    const { graph, model, done } = office();
    const { state } = await graph.invoke({ task: "Win Figma." }, { tenant });
    expect(state.answer).toBe("Written.");
    expect(done).toEqual(["research: Find Figma.", "write: Write to Figma."]);
    expect(state.reports).toEqual([
      { agent: "research", task: "Find Figma.", status: "completed", output: { done: 1 } },
      { agent: "write", task: "Write to Figma.", status: "completed", output: { done: 2 } },
    ]);
    const system = JSON.stringify(model.requests[0]?.messages[0]);
    expect(system).toContain("research: finds facts");
  });

  it("waits for each approval that a worker needs, whose model is asked once for each answer", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, ...quick });
    const paid: string[] = [];
    const pay = defineTool({
      ...{ name: "pay", description: "Pays." },
      effect: "write",
      approval: true,
      input: z.object({ to: z.string() }),
      target: ({ to }) => to,
      run: ({ to }) => ({ paid: paid.push(to) }),
    });
    const model = scriptedModel([
      ...["ada", "bo"].map((to) => ({ toolCalls: [{ name: "pay", input: { to } }] })),
      { text: "paid both" },
    ]);
    const effects = createEffects({ storage });
    const agent = defineAgent({ name: "cashier", instructions: "Pay.", model, tools: [pay], effects });
    const graph = createSupervisor({
      model: scriptedModel((request) =>
        reportsIn(request) === 0 ? decide("cashier", "Pay both.") : decide("finish", "Paid."),
      ),
      agents: { cashier: { agent, about: "pays" } },
      checkpointer: flows,
      onApprovalRequired: waitForApproval,
    });
    await graph.invoke({ task: "Pay." }, { tenant, runId: "r" });
    const approvals = createApprovals({ storage });
    for (const to of ["ada", "bo"]) {
      const pending = async () => (await approvals.list({ tenant, status: "pending" })).items[0];
      await eventually(async () => (await pending())?.arguments).toEqual({ to });
      await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
      await approvals.approve((await pending())?.id ?? "", { tenant, by: "user:42" });
    }
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ state: { answer: "Paid." } });
    expect(paid).toEqual(["ada", "bo"]);
  });

  it("is shown reports as data", async () => {
    const { graph, model } = office();
    await graph.invoke({ task: "Win Figma." }, { tenant });
    const shown = model.requests[1]?.messages.at(-1);
    expect(shown).toMatchObject({ role: "user", parts: [{ origin: "external" }] });
  });

  it("is told when a worker failed, and decides what then", async () => {
    const model = scriptedModel((request) =>
      reportsIn(request) === 0 ? decide("flaky", "Try.") : decide("finish", "Could not."),
    );
    const flaky = new FunctionAgent("flaky", (): string => {
      throw new Error("secret detail");
    });
    const graph = createSupervisor({ model, agents: { flaky: { agent: flaky, about: "fails" } } });
    const { state } = await graph.invoke({ task: "x" }, { tenant });
    expect(state.answer).toBe("Could not.");
    expect(state.reports).toMatchObject([
      { status: "failed", error: "internal: Error in the agent's own code" },
    ]);
  });

  it("has to finish when it has given as many tasks as it may", async () => {
    const offered: unknown[] = [];
    const model = scriptedModel((request) => {
      const schema = JSON.stringify(request.output ?? request.messages);
      const mayGoOn = schema.includes('"enum":["again","finish"]');
      offered.push(mayGoOn);
      return mayGoOn ? decide("again", "More.") : decide("finish", "Enough.");
    });
    const again = new FunctionAgent("again", (task: string) => task);
    const graph = createSupervisor({ model, agents: { again: { agent: again, about: "x" } }, maxTasks: 3 });
    const { state } = await graph.invoke({ task: "x" }, { tenant });
    expect(state).toMatchObject({ answer: "Enough.", reports: { length: 3 } });
    expect(offered).toEqual([true, true, true, false]);
  });

  it("takes agents that were defined", async () => {
    const model = scriptedModel((request) =>
      reportsIn(request) === 0 ? decide("writer", "Write.") : decide("finish", "Done."),
    );
    const writer = defineAgent({
      name: "writer",
      instructions: "Write.",
      model: scriptedModel([{ text: "Dear Ada" }]),
    });
    const graph = createSupervisor({ model, agents: { writer: { agent: writer, about: "writes" } } });
    const { state } = await graph.invoke({ task: "x" }, { tenant });
    expect(state.reports).toMatchObject([{ output: "Dear Ada" }]);
  });

  it("goes on after each write, when its process dies", async () => {
    const counted = mortal(memoryStorage());
    {
      await using flows = durableFlows({ storage: counted.storage, ...quick });
      await office({ checkpointer: flows }).graph.invoke({ task: "Win Figma." }, { tenant, runId: "r1" });
    }
    expect(counted.writes).toBeGreaterThan(4);
    for (let dieAt = 1; dieAt < counted.writes; dieAt++) {
      const storage = memoryStorage();
      const dying = mortal(storage, dieAt);
      const first = durableFlows({ storage: dying.storage, ...quick });
      const done: string[] = [];
      const left = office({ checkpointer: first }, done).graph.invoke(
        { task: "Win Figma." },
        { tenant, runId: "r1" },
      );
      left.catch(() => {});
      await dying.died;
      await using second = durableFlows({ storage, ...quick });
      const { graph } = office({ checkpointer: second }, done);
      expect(await graph.resume("r1", { tenant })).toMatchObject({
        status: "completed",
        state: { answer: "Written.", reports: { length: 2 } },
      });
      expect(done, `died at write ${dieAt}`).toHaveLength(2);
    }
  }, 30_000);

  it.each([
    [{ agents: {} }, "supervisor.agents"],
    [{ maxTasks: 0 }, "supervisor.maxTasks"],
    [{ agents: { finish: { agent: new FunctionAgent("x", String), about: "" } } }, '"finish" must be'],
  ])("refuses %o", (options, named) => {
    expect(() => office(options)).toThrow(named);
  });
});
