import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { HandoffQueue } from "../agent/handoff-queue.js";
import { durableFlows, END, type NodeRetry, START, StateGraph } from "../graph/index.js";
import { type HandoffNodeOptions, handoffNode } from "./handoff-node.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent, handoffWorld, tenant } from "./testing/handoff-world.js";

const quick = { leaseMs: 300, pollMs: 20 };
type State = { readonly ask: string; readonly answer?: string | undefined };

/** A graph whose one node hands its question to `support` and writes the answer. */
function asking(
  handoffs: HandoffQueue,
  options: Partial<HandoffNodeOptions<State, { answer: string }, string>> = {},
  retry: NodeRetry = { retries: 0 },
) {
  return new StateGraph({ ask: z.string(), answer: z.string().optional() })
    .addNode(
      "ask",
      handoffNode("support", {
        through: handoffs,
        input: ({ ask }: State) => ask,
        output: (answer) => ({ answer: String(answer) }),
        ...options,
      }),
      { retry },
    )
    .addEdge(START, "ask")
    .addEdge("ask", END);
}

/** Handoffs, and runs of graphs in the same storage. */
function world(work: (task: string) => string) {
  const made = handoffWorld([new FunctionAgent("support", work)]);
  return { ...made, flows: durableFlows({ storage: made.storage, ...quick }) };
}

describe("a node that hands over", () => {
  it("waits without holding anything, and goes on with the result", async () => {
    const { handoffs, flows, stores } = world((task) => `about ${task}`);
    await using _flows = flows;
    const graph = asking(handoffs).compile({ checkpointer: flows });
    const waiting = await graph.invoke({ ask: "invoices" }, { tenant, runId: "r1" });
    expect(waiting).toMatchObject({ status: "waiting", on: [{ kind: "event", node: "ask" }] });
    expect(await stores.flows.get("r1")).not.toHaveProperty("owner");

    await using _worker = await handoffs.work();
    await eventually(() => graph.getState("r1", { tenant })).toMatchObject({
      status: "completed",
      state: { answer: "about invoices" },
    });
    const [handed] = (await stores.runs.list()).items;
    expect(handed).toMatchObject({ parentRunId: "r1", status: "completed" });
  });

  it("finds the result that came while its process was dead", async () => {
    const { handoffs, storage, flows } = world((task) => `about ${task}`);
    const first = asking(handoffs).compile({ name: "asking", checkpointer: flows });
    await first.invoke({ ask: "invoices" }, { tenant, runId: "r1" });
    await flows[Symbol.asyncDispose]();
    const worker = await handoffs.work();
    await worker.drain();

    await using second = durableFlows({ storage, ...quick });
    const graph = asking(handoffs).compile({ name: "asking", checkpointer: second });
    second.work();
    await eventually(() => graph.getState("r1", { tenant })).toMatchObject({
      status: "completed",
      state: { answer: "about invoices" },
    });
  });

  it("hands over once, though its process dies before it has remembered that it did", async () => {
    const { handoffs, flows, jobs } = world((task) => task);
    await using _flows = flows;
    let deaths = 0;
    const dying: HandoffQueue["to"] = async (...given) => {
      const ticket = await handoffs.to(...given);
      if (deaths++ < 2) throw new Error("the process died");
      return ticket;
    };
    const compiled = asking({ ...handoffs, to: dying }, {}, { retries: 3, baseMs: 1, capMs: 1 }).compile({
      checkpointer: flows,
    });
    expect(await compiled.invoke({ ask: "x" }, { tenant })).toMatchObject({ status: "waiting" });
    expect(deaths).toBe(3);
    expect(await jobs.counts()).toEqual([{ queue: "handoffs", waiting: 1, running: 0 }]);
  });

  it("is told when the work failed for good, and may recover", async () => {
    const { handoffs, flows, clock } = world(() => {
      throw new Error("no");
    });
    await using _flows = flows;
    const failing = asking(handoffs).compile({ name: "failing", checkpointer: flows });
    const recovering = asking(handoffs, {
      recover: (error) => ({ answer: `told: ${(error as { readonly code: string }).code}` }),
    }).compile({ name: "recovering", checkpointer: flows });
    await failing.invoke({ ask: "x" }, { tenant, runId: "r1" });
    await recovering.invoke({ ask: "x" }, { tenant, runId: "r2" });
    await using _worker = await handoffs.work({ retries: 1 });
    const look = async (graph: typeof failing, runId: string) => {
      clock.advance(5_000);
      return graph.getState(runId, { tenant });
    };
    await eventually(() => look(failing, "r1")).toMatchObject({ status: "failed" });
    const { error } = (await failing.getState("r1", { tenant })) ?? {};
    expect(error?.message).toContain('The work that was handed to "support" failed (internal)');
    await eventually(() => look(recovering, "r2")).toMatchObject({
      status: "completed",
      state: { answer: "told: handoff.failed" },
    });
  });

  it("waits no longer than its time", async () => {
    const { handoffs, storage, clock } = world((task) => task);
    await using flows = durableFlows({ storage, clock, ...quick });
    const graph = asking(handoffs, {
      timeoutMs: 60_000,
      recover: (error) => ({ answer: (error as { readonly code: string }).code }),
    }).compile({ checkpointer: flows });
    const begun = graph.invoke({ ask: "x" }, { tenant, runId: "r1" });
    const look = async () => {
      clock.advance(1_000);
      return graph.getState("r1", { tenant });
    };
    await eventually(look).toMatchObject({ state: { answer: "call.timed_out" } });
    await begun;
  });

  it("needs a tenant", async () => {
    const { handoffs } = world((task) => task);
    const plain = asking(handoffs).compile();
    await expect(plain.invoke({ ask: "x" })).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining("needs a tenant") }),
    });
  });
});
