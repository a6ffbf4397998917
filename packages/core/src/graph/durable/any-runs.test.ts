import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { END, START } from "../command.js";
import { field } from "../state-field.js";
import { StateGraph } from "../state-graph.js";
import { durableFlows } from "./durable-flows.js";
import type { FlowObserver } from "./flow-observer.js";

const tenant = "acme";

function asking(seen: (fence: number | undefined) => void = () => {}) {
  return new StateGraph({ who: z.string(), verdict: field<string>({ default: () => "" }) })
    .addNode("ask", async (_, ctx) => {
      seen(ctx.fence);
      return { verdict: await ctx.waitFor<string>("verdict") };
    })
    .addEdge(START, "ask")
    .addEdge("ask", END);
}

describe("runs by their ids", () => {
  it("are begun, answered and waited for by who has not the graph", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, pollMs: 10 });
    const fences: (number | undefined)[] = [];
    asking((fence) => fences.push(fence)).compile({ name: "ask", checkpointer: flows });
    await using front = durableFlows({ storage, work: "elsewhere", pollMs: 10 });
    const runs = front.of(tenant);
    flows.work();
    const start = { id: "r1", graph: "ask", version: "1", input: { who: "ada" } };
    expect([await runs.begin(start), await runs.begin(start)]).toEqual([true, false]);
    expect(await runs.settled("r1")).toMatchObject({ status: "waiting" });
    expect(await runs.deliver("r1", "verdict", "yes")).toBe(true);
    await vi.waitFor(async () =>
      expect(await runs.settled("r1")).toMatchObject({ status: "completed", output: { verdict: "yes" } }),
    );
    expect(fences).toEqual([1, 2]);
    expect(await runs.deliver("r1", "verdict", "late")).toBe(false);
    expect(await runs.stop("r1", { by: "ada", reason: "late" })).toBe(false);
  });

  it("begin without a wait, in the caller's transaction too", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, pollMs: 10 });
    const graph = asking().compile({ name: "ask", checkpointer: flows });
    const runId = await graph.begin({ who: "ada" }, { tenant });
    expect(await flows.of(tenant).settled(runId)).toMatchObject({ status: "waiting" });
    const undone = storage.tenant(tenant).transaction(async (stores) => {
      const start = { id: "r2", graph: "ask", version: "1", input: { who: "eve" } };
      await flows.of(tenant).begin(start, { in: stores });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await graph.getState("r2", { tenant })).toBeUndefined();
    const bad = graph.begin({ who: 1 as never }, { tenant });
    await expect(bad).rejects.toMatchObject({ code: "graph.state_invalid" });
  });
});

describe("an observer of runs", () => {
  it("hears how a run rests before that is on record", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, pollMs: 10 });
    const told: unknown[] = [];
    const observer: FlowObserver = {
      resting: async (rest, { id, fence }) => {
        const { status } = (await storage.tenant(tenant).flows.get(id)) ?? {};
        told.push([rest.kind, fence, status]);
      },
      left: ({ fence }) => told.push(["left", fence]),
    };
    flows.observe(observer);
    const graph = asking().compile({ name: "ask", checkpointer: flows });
    await graph.invoke({ who: "ada" }, { tenant, runId: "r1" });
    await graph.resume("r1", { tenant, answers: { verdict: "yes" } });
    await vi.waitFor(() =>
      expect(told).toEqual([
        ["waiting", 1, "running"],
        ["left", 1],
        ["completed", 2, "running"],
        ["left", 2],
      ]),
    );
  });

  it("leaves a run for another try where it fails, and is told of its end again", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 10 });
    const kinds: string[] = [];
    flows.observe({
      resting: async ({ kind }) => {
        if (kinds.push(kind) > 1) return;
        throw new SalesAgentError("store.unavailable", {
          message: "away",
          facts: { store: "streams" },
          replay: "safe",
        });
      },
    });
    const graph = new StateGraph({ n: field<number>({ default: () => 0 }) })
      .addNode("fail", () => {
        throw new Error("no");
      })
      .addEdge(START, "fail")
      .addEdge("fail", END)
      .compile({ name: "fail", checkpointer: flows });
    await expect(graph.invoke({}, { tenant })).rejects.toMatchObject({ code: "graph.node_failed" });
    expect(kinds).toEqual(["failed", "failed"]);
    kinds.length = 0;
    const other = new StateGraph({ n: field<number>({ default: () => 0 }) })
      .addNode("one", () => ({ n: 1 }))
      .addEdge(START, "one")
      .addEdge("one", END)
      .compile({ name: "count", checkpointer: flows });
    expect(await other.invoke({}, { tenant })).toMatchObject({ status: "completed", state: { n: 1 } });
    expect(kinds).toEqual(["completed", "completed"]);
  });
});
