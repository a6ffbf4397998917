import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/define-agent.js";
import type { RunContext } from "../agent/run-context.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { recordingTelemetry } from "../telemetry/testing/recording-telemetry.js";
import { defineTool } from "../tools/define-tool.js";
import { createHandoffs } from "./handoffs.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent, handoffWorld, losingAcknowledgements, tenant } from "./testing/handoff-world.js";

const echo = () => new FunctionAgent("echo", (task: string) => `done: ${task}`);

describe("work that is handed over", () => {
  it("is done by a worker, with the context that it came with", async () => {
    const seen: unknown[] = [];
    const agent = new FunctionAgent("support", (task: { readonly ask: string }, { context }) => {
      const { leadId, threadId, campaignId, parentRunId } = context.init;
      seen.push({ leadId, threadId, campaignId, parentRunId });
      return { answer: `about ${task.ask}` };
    });
    const { handoffs, stores, until } = handoffWorld([agent]);
    const context = { leadId: "lead-1", threadId: "thread-1", campaignId: "spring" };
    const from = { agent: "sales", runId: "run-1" };
    const ticket = await handoffs.to(agent, { ask: "invoices" }, { tenant, from, ...context });

    expect(ticket).toMatchObject({ agent: "support" });
    const runId = ticket?.runId ?? "";
    expect(await handoffs.status(runId, { tenant })).toMatchObject({
      ...{ agent: "handoff:support", status: "pending", input: { ask: "invoices" } },
      ...{ leadId: "lead-1", threadId: "thread-1", parentRunId: "run-1" },
    });
    await using _worker = await handoffs.work();
    await until(runId, "completed");
    expect(await handoffs.result(runId, { tenant })).toEqual({ answer: "about invoices" });
    expect(seen).toEqual([{ ...context, parentRunId: runId }]);
    expect((await stores.audit.list()).items).toMatchObject([
      { actor: "agent:sales", action: "task-handed-off", subject: "agent:support", runId: "run-1" },
    ]);
  });

  it("goes by priority, not before its delay, and once for a key", async () => {
    const order: string[] = [];
    const agent = new FunctionAgent("echo", (task: string) => void order.push(task));
    const { handoffs, until, clock } = handoffWorld([agent]);
    await handoffs.to(agent, "low", { tenant });
    await handoffs.to(agent, "high", { tenant, priority: 5 });
    const late = await handoffs.to(agent, "late", { tenant, priority: 9, delayMs: 60_000, key: "late" });
    expect(await handoffs.to(agent, "late again", { tenant, key: "late" })).toBeUndefined();
    await using _worker = await handoffs.work({ concurrency: 1 });
    clock.advance(60_000);
    await until(late?.runId, "completed");
    expect(order.filter((task) => task !== "late")).toEqual(["high", "low"]);
    expect(order).toHaveLength(3);
  });

  it("is one handoff under one scope, however often it is begun", async () => {
    const { handoffs, jobs } = handoffWorld([echo()]);
    const request = { tenant, scope: { runId: "campaign-7", step: "invite/ada" } };
    const tickets = await Promise.all([
      handoffs.to("echo", "once", request),
      handoffs.to("echo", "once", request),
    ]);
    expect(new Set(tickets.map((ticket) => ticket?.runId)).size).toBe(1);
    expect(await jobs.counts()).toEqual([{ queue: "handoffs", waiting: 1, running: 0 }]);
    const elsewhere = await handoffs.to("echo", "once", { ...request, tenant: "other" });
    expect(elsewhere?.runId).not.toBe(tickets[0]?.runId);
  });

  it("is neither on record nor in the queue when the sender's transaction rolls back", async () => {
    const { handoffs, stores, storage, jobs } = handoffWorld([echo()]);
    const failing = storage.tenant(tenant).transaction(async (inside) => {
      await handoffs.to("echo", "never", { tenant, in: inside });
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await jobs.counts()).toEqual([]);
    expect((await stores.runs.list()).items).toEqual([]);
    expect((await stores.audit.list()).items).toEqual([]);

    await storage.tenant(tenant).transaction((inside) => handoffs.to("echo", "now", { tenant, in: inside }));
    expect(await jobs.counts()).toEqual([{ queue: "handoffs", waiting: 1, running: 0 }]);
  });

  it("is not found by another tenant", async () => {
    const { handoffs, until } = handoffWorld([echo()]);
    const ticket = await handoffs.to("echo", "secret", { tenant });
    await using _worker = await handoffs.work();
    await until(ticket?.runId, "completed");
    const runId = ticket?.runId ?? "";
    expect(await handoffs.status(runId, { tenant: "other" })).toBeUndefined();
    await expect(handoffs.result(runId, { tenant: "other" })).rejects.toMatchObject({
      code: "store.not_found",
    });
  });

  it("shows no other run than handoffs", async () => {
    const { handoffs, stores, storage } = handoffWorld([]);
    const run = new FunctionAgent("plain", () => "x", { storage }).run("go", { tenant });
    await run.output();
    expect(await stores.runs.get(run.id)).toBeDefined();
    expect(await handoffs.status(run.id, { tenant })).toBeUndefined();
  });

  it("carries the trace from the sender to the receiver", async () => {
    const { telemetry, spans } = recordingTelemetry();
    const traced = {
      ...telemetry,
      startSpan: (...given: Parameters<typeof telemetry.startSpan>) =>
        Object.assign(telemetry.startSpan(...given), { traceparent: `name of ${given[0]}` }),
      remoteSpan: (traceparent: string) => ({
        ...telemetry.startSpan("remote", "internal", {}),
        traceparent,
      }),
    };
    const receiver = new FunctionAgent("echo", (task: string) => task, { telemetry: traced });
    const sender = new FunctionAgent(
      "sales",
      (_: string, { handOver }): Promise<unknown> => handOver("echo", "go", { through: world.handoffs }),
      { telemetry: traced },
    );
    const world = handoffWorld([receiver, sender], { telemetry: traced });
    await sender.run("go", { tenant }).output();
    await using _worker = await world.handoffs.work();
    await world.until((await world.stores.runs.list()).items[0]?.id, "completed");
    const parentOf = (name: string) => spans.find((span) => span.name === name)?.parent?.traceparent;
    expect(parentOf("hand_over echo")).toBe("name of invoke_agent sales");
    expect(parentOf("invoke_agent echo")).toBe("name of hand_over echo");
  });
});

describe("a trace", () => {
  it("goes on where nobody traces the handing over", async () => {
    const { telemetry, spans } = recordingTelemetry();
    const parents: string[] = [];
    const remoteSpan = (traceparent: string) => {
      parents.push(traceparent);
      return telemetry.startSpan("remote", "internal", {});
    };
    const agent = new FunctionAgent("echo", (task: string) => task, {
      telemetry: { ...telemetry, remoteSpan },
    });
    const { handoffs, until } = handoffWorld([agent]);
    const ticket = await handoffs.to(agent, "go", { tenant, traceparent: "the sender's" });
    await using _worker = await handoffs.work();
    await until(ticket?.runId, "completed");
    expect(parents).toEqual(["the sender's"]);
    expect(spans.map(({ name }) => name)).toEqual(["remote", "invoke_agent echo"]);
  });
});

describe("an agent that nobody runs", () => {
  it("is told to who hands over, where the agents are known", async () => {
    const { handoffs, jobs } = handoffWorld([echo()]);
    await expect(handoffs.to("ehco", "x", { tenant })).rejects.toMatchObject({
      code: "handoff.unknown_agent",
      facts: { agent: "ehco", known: ["echo"] },
    });
    expect(await jobs.counts()).toEqual([]);
  });

  it("makes a dead letter with the reason, where they were not", async () => {
    const { storage, jobs, clock, until, handoffs } = handoffWorld([echo()]);
    const sender = createHandoffs({ jobs, storage, clock });
    const ticket = await sender.to("ghost", "boo", { tenant });
    await using _worker = await handoffs.work({ retries: 1 });
    const run = await until(ticket?.runId, "failed");
    expect(run.error).toMatchObject({ code: "handoff.unknown_agent" });
    const [dead] = (await jobs.deadLetters.list({ tenant })).items;
    expect(dead).toMatchObject({ attempts: 2, error: { code: "handoff.unknown_agent" } });
  });

  it("can't be worked for by a process that knows none", async () => {
    const { storage, jobs } = handoffWorld([]);
    await expect(createHandoffs({ jobs, storage }).work()).rejects.toThrow("handoffs.agents");
  });
});

describe("a receiver", () => {
  it("that died after the work computes nothing again, and gives the same result", async () => {
    let runs = 0;
    const agent = new FunctionAgent("count", () => ++runs);
    const { handoffs, until, jobs } = handoffWorld([agent], {
      wrapJobs: (engine) => losingAcknowledgements(engine, 2),
    });
    const ticket = await handoffs.to(agent, undefined, { tenant });
    await using _worker = await handoffs.work({ retries: 5 });
    await until(ticket?.runId, "completed");
    await eventually(() => until(ticket?.runId, "completed").then(() => jobs.counts())).toEqual([]);
    expect(runs).toBe(1);
    expect(await handoffs.result(ticket?.runId ?? "", { tenant })).toBe(1);
  });

  it("that died between an effect and the end of its run does the effect once", async () => {
    const sent: string[] = [];
    const mail = defineTool({
      name: "email_send",
      description: "Sends a mail.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      run: ({ to }) => ({ id: sent.push(to) }),
    });
    let calls = 0;
    const model = scriptedModel((request) => {
      if (request.messages.at(-1)?.role !== "tool") {
        return { toolCalls: [{ name: "email_send", input: { to: "ada@figma.com" } }] };
      }
      if (++calls === 1) throw new Error("the process died");
      return { text: "Sent." };
    });
    const { handoffs, until, storage, clock, stores } = handoffWorld(() => [agent]);
    const effects = createEffects({ storage, clock });
    const agent = defineAgent({
      name: "bdr",
      instructions: "Write.",
      model,
      tools: [mail],
      effects,
      storage,
      clock,
    });
    const ticket = await handoffs.to(agent, "Write to Ada.", { tenant });
    await using _worker = await handoffs.work();
    await until(ticket?.runId, "completed");
    expect(sent).toEqual(["ada@figma.com"]);
    const tries = (await stores.runs.list({ agent: "bdr" })).items;
    expect(tries.map(({ status, parentRunId }) => [status, parentRunId])).toEqual([
      ["completed", ticket?.runId],
      ["failed", ticket?.runId],
    ]);
  });

  it("that fails is tried again, buried, and works when it is replayed", async () => {
    let broken = true;
    const agent = new FunctionAgent("flaky", (task: string) => {
      if (broken) throw new Error("no connection");
      return task;
    });
    const { handoffs, until, jobs } = handoffWorld([agent]);
    const ticket = await handoffs.to(agent, "go", { tenant });
    await using _worker = await handoffs.work({ retries: 2 });
    const failed = await until(ticket?.runId, "failed");
    expect(failed.error).toEqual({ code: "internal", message: "Error in the agent's own code" });
    await expect(handoffs.result(ticket?.runId ?? "", { tenant })).rejects.toMatchObject({
      code: "handoff.failed",
      facts: { agent: "flaky", errorCode: "internal" },
    });
    const [dead] = (await jobs.deadLetters.list({ tenant })).items;
    expect(dead?.attempts).toBe(3);

    broken = false;
    expect(await jobs.deadLetters.replay(dead?.id ?? "")).toBe(true);
    const done = await until(ticket?.runId, "completed");
    expect(done.error).toBeUndefined();
    expect(await handoffs.result(ticket?.runId ?? "", { tenant })).toBe("go");
  });

  it("that lost its job and fails late leaves a result as it is", async () => {
    let fail = (_error: unknown) => {};
    let tries = 0;
    const agent = new FunctionAgent("slow", () => {
      if (++tries > 1) return "second";
      return new Promise<string>((_, reject) => {
        fail = reject;
      });
    });
    const { handoffs, until, clock, jobs } = handoffWorld([agent]);
    const ticket = await handoffs.to(agent, undefined, { tenant });
    await using _worker = await handoffs.work({ timeoutMs: 1_000 });
    await eventually(() => tries).toBe(1);
    clock.advance(1_000);
    const done = await until(ticket?.runId, "completed");
    fail(new Error("too late"));
    await eventually(() => jobs.counts()).toEqual([]);
    expect(await handoffs.status(ticket?.runId ?? "", { tenant })).toEqual(done);
  });

  it("waits for a person without using up its tries, and goes on with what was decided", async () => {
    const booked: string[] = [];
    const book = defineTool({
      name: "book",
      description: "Books a meeting.",
      input: z.object({ at: z.string() }),
      effect: "write",
      target: () => "calendar",
      approval: true,
      run: ({ at }) => ({ booked: booked.push(at) }),
    });
    const model = scriptedModel((request) =>
      request.messages.at(-1)?.role === "tool"
        ? { text: "Booked." }
        : { toolCalls: [{ name: "book", input: { at: "9:00" } }] },
    );
    const { handoffs, until, storage, clock } = handoffWorld(() => [agent]);
    const effects = createEffects({ storage, clock });
    const agent = defineAgent({ name: "bdr", instructions: "Book.", model, tools: [book], effects, clock });
    const ticket = await handoffs.to(agent, "Book Ada.", { tenant });
    await using _worker = await handoffs.work({ retries: 0 });
    const waiting = await until(ticket?.runId, "waiting");
    expect(waiting.error?.code).toBe("approval.required");
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(60_000);
      await until(ticket?.runId, "waiting");
    }
    expect(model.requests).toHaveLength(1);

    const approvals = createApprovals({ storage, clock });
    const [asked] = (await approvals.list({ tenant, status: "pending" })).items;
    await approvals.approve(asked?.id ?? "", { tenant, by: "user:42", editedArguments: { at: "10:00" } });
    clock.advance(60_000);
    await until(ticket?.runId, "completed");
    expect(booked).toEqual(["10:00"]);
  });

  it("holds its scope while it waits for a person, and its key no longer", async () => {
    const booked: string[] = [];
    const book = defineTool({
      ...{ name: "book", description: "Books." },
      effect: "write",
      approval: true,
      input: z.object({ at: z.string() }),
      target: () => "calendar",
      run: ({ at }) => ({ booked: booked.push(at) }),
    });
    const model = scriptedModel((request) =>
      request.messages.at(-1)?.role === "tool"
        ? { text: "Booked." }
        : { toolCalls: [{ name: "book", input: { at: "9:00" } }] },
    );
    const { handoffs, until, storage, clock } = handoffWorld(() => [agent]);
    const effects = createEffects({ storage, clock });
    const agent = defineAgent({ name: "bdr", instructions: "Book.", model, tools: [book], effects, clock });
    await using _worker = await handoffs.work({ retries: 0 });
    const scope = { runId: "lead-7", step: "book" };
    const scoped = await handoffs.to(agent, "Book Ada.", { tenant, scope });
    const keyed = await handoffs.to(agent, "Book Ada.", { tenant, key: "ada" });
    await until(scoped?.runId, "waiting");
    await until(keyed?.runId, "waiting");

    expect(await handoffs.to(agent, "Book Ada.", { tenant, scope })).toEqual(scoped);
    const second = await handoffs.to(agent, "Book Ada.", { tenant, key: "ada" });
    expect(second?.runId).not.toBe(keyed?.runId);
    await until(second?.runId, "waiting");
    const approvals = createApprovals({ storage, clock });
    const asked = (await approvals.list({ tenant, status: "pending" })).items;
    expect(asked.map(({ runId }) => runId).toSorted()).toEqual(
      [scoped, keyed, second].map((ticket) => ticket?.runId).toSorted(),
    );
    const leave = asked.find(({ runId }) => runId === keyed?.runId);
    await approvals.approve(leave?.id ?? "", { tenant, by: "user:42" });
    clock.advance(60_000);
    await until(keyed?.runId, "completed");
    await until(second?.runId, "waiting");
    expect(booked).toHaveLength(1);
  });

  it("looks again when an effect is in another process's hands, and fails nothing", async () => {
    let leaseOver = false;
    const agent = new FunctionAgent("busy", () => {
      if (leaseOver) return "done";
      leaseOver = true;
      const leaseUntil = new Date(clock.now() + 60_000).toISOString();
      throw new SalesAgentError("effect.in_progress", {
        message: "Somebody does it.",
        facts: { key: "k", effect: "mail", leaseUntil },
        replay: "safe",
      });
    });
    const { handoffs, until, clock } = handoffWorld([agent]);
    const ticket = await handoffs.to(agent, undefined, { tenant });
    await using _worker = await handoffs.work({ retries: 0 });
    await until(ticket?.runId, "completed");
  });
});

describe("agents that hand work on", () => {
  /** Two that send it to one another for ever. */
  function circle(maxDepth: number) {
    const told: unknown[] = [];
    const pass = (name: string, to: string) =>
      new FunctionAgent(name, async (round: number, { handOver }) => {
        try {
          await handOver(to, round + 1, { through: world.handoffs });
        } catch (error) {
          told.push(error);
          throw error;
        }
        return round;
      });
    const world = handoffWorld([pass("a", "b"), pass("b", "a")], { maxDepth });
    return { world, told };
  }

  it("are stopped at maxDepth, and told of the circle", async () => {
    const { world, told } = circle(3);
    await world.handoffs.to("a", 0, { tenant });
    await using _worker = await world.handoffs.work({ retries: 0 });
    await eventually(() => told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      code: "handoff.too_deep",
      facts: { agent: "a", path: ["a", "b", "a", "b"], limit: 3 },
    });
    expect((told[0] as Error).message).toContain('"a" had it 2 times before: look for a circle');
    const done = (await world.stores.runs.list({ status: "completed" })).items;
    expect(done).toHaveLength(3);
  });

  it("are counted through runs that they make themselves", async () => {
    const told: unknown[] = [];
    const world = handoffWorld(() => [outer]);
    const inner = () =>
      new FunctionAgent(
        "inner",
        async (round: number, { handOver }) => {
          const handed = handOver("outer", round + 1, { through: world.handoffs });
          await handed.catch((error: unknown) => told.push(error));
          return round;
        },
        { storage: world.storage, model: scriptedModel([]) },
      );
    const outer = new FunctionAgent("outer", async (round: number, { context }) =>
      inner().run(round, { tenant, parentRunId: context.runId }).output(),
    );
    await world.handoffs.to("outer", 0, { tenant });
    await using _worker = await world.handoffs.work();
    await eventually(() => told).toHaveLength(1);
    const path = Array.from({ length: 5 }, () => ["outer", "inner"]).flat();
    expect(told[0]).toMatchObject({ code: "handoff.too_deep", facts: { path } });
  });

  it("hand over once, though their own run is begun again", async () => {
    let sends = 0;
    const received: string[] = [];
    const receiver = new FunctionAgent("receiver", (task: string) => void received.push(task));
    const sender = new FunctionAgent("sender", async (_: string, { handOver }) => {
      const first = await handOver("receiver", `first, said ${++sends} times`, { through: world.handoffs });
      const second = await handOver("receiver", "second", { through: world.handoffs });
      if (sends < 3) throw new Error("died");
      return [first?.runId, second?.runId];
    });
    const world = handoffWorld([sender, receiver]);
    const ticket = await world.handoffs.to(sender, "go", { tenant });
    await using _worker = await world.handoffs.work();
    await world.until(ticket?.runId, "completed");
    const ids = await world.handoffs.result(ticket?.runId ?? "", { tenant });
    for (const id of ids as readonly string[]) await world.until(id, "completed");
    expect(received.sort()).toEqual(["first, said 1 times", "second"]);
  });
});

describe("createHandoffs", () => {
  it("takes the payload that an agent takes, and a name only with a queue", async () => {
    const { handoffs } = handoffWorld([echo()]);
    // @ts-expect-error the agent takes a text
    expect(await handoffs.to(echo(), 5, { tenant })).toBeDefined();
    class Careless extends FunctionAgent<string, string> {
      begin(context: RunContext) {
        // @ts-expect-error a name needs a queue
        return this.handoffTo("echo", "x", context);
      }
    }
    const careless: Careless = new Careless("careless", (_, { context }): string =>
      String(careless.begin(context)),
    );
    await expect(careless.run("go", { tenant }).output()).rejects.toThrow("pass { through: handoffs }");
  });

  it.each([
    [{ maxDepth: 0 }, "handoffs.maxDepth"],
    [{ approvalPollMs: 0 }, "handoffs.approvalPollMs"],
  ])("refuses %j", (options, named) => {
    expect(() => handoffWorld([], options)).toThrow(named);
  });

  it("refuses two agents of one name", () => {
    expect(() => handoffWorld([echo(), echo()])).toThrow("two agents have the same name");
  });
});
