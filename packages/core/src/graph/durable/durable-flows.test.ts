import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { END, START } from "../command.js";
import { field } from "../state-field.js";
import { StateGraph } from "../state-graph.js";
import { durableFlows } from "./durable-flows.js";

const tenant = "acme";

/** Three steps after one another, of which each tells that it ran. */
function steps(ran: string[]) {
  const node = (name: string) => () => {
    ran.push(name);
    return { trail: [name] };
  };
  return new StateGraph({
    trail: field<string[]>({ reduce: (all, more) => [...all, ...more], default: () => [] }),
  })
    .addNode("one", node("one"))
    .addNode("two", node("two"))
    .addNode("three", node("three"))
    .addEdge(START, "one")
    .addEdge("one", "two")
    .addEdge("two", "three")
    .addEdge("three", END);
}

describe("durableFlows", () => {
  it("runs a graph to its end, and keeps every superstep", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage });
    const ran: string[] = [];
    const graph = steps(ran).compile({ name: "steps", checkpointer: flows });
    const outcome = await graph.invoke({}, { tenant, runId: "r1" });

    expect(outcome).toMatchObject({ status: "completed", state: { trail: ["one", "two", "three"] } });
    expect(await graph.getState("r1", { tenant })).toMatchObject({
      status: "completed",
      superstep: 3,
      next: [],
    });
    const history = await graph.getHistory("r1", { tenant });
    expect(history.map(({ superstep, next }) => [superstep, next])).toEqual([
      [3, []],
      [2, ["three"]],
      [1, ["two"]],
      [0, ["one"]],
    ]);
  });

  it("streams what happens", async () => {
    await using flows = durableFlows({ storage: memoryStorage() });
    const graph = steps([]).compile({ checkpointer: flows });
    const nodes: string[] = [];
    for await (const event of graph.stream({}, { tenant, mode: "updates" })) {
      nodes.push(event.type === "node-finished" ? event.node : event.type);
    }
    expect(nodes).toEqual(["one", "two", "three", "run-completed"]);
  });

  it("waits without a worker in hand, and goes on with the answer", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage });
    const sent = vi.fn(() => "sent");
    const graph = new StateGraph({ verdict: z.string().optional() })
      .addNode("ask", async (_, ctx) => {
        await ctx.step("draft", sent);
        const verdict = ctx.interrupt({ question: "Send it?" }, { schema: z.string() });
        return { verdict };
      })
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ checkpointer: flows });

    const waiting = await graph.invoke({}, { tenant, runId: "r1" });
    expect(waiting).toMatchObject({
      status: "waiting",
      on: [{ kind: "interrupt", payload: { question: "Send it?" } }],
    });
    expect(await graph.getState("r1", { tenant })).toMatchObject({
      status: "waiting",
      on: [{ node: "ask" }],
    });
    expect(await graph.getState("r1", { tenant: "other" })).toBeUndefined();

    const done = await graph.resume("r1", { tenant, answer: "yes" });
    expect(done).toMatchObject({ status: "completed", state: { verdict: "yes" } });
    expect(sent).toHaveBeenCalledTimes(1);
  });

  it("lets another process go on, from the last finished step", async () => {
    const storage = memoryStorage();
    const ran: string[] = [];
    let hold = () => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    const make = (slow: boolean) =>
      new StateGraph({
        trail: field<string[]>({ reduce: (all, more) => [...all, ...more], default: () => [] }),
      })
        .addNode("one", () => ({ trail: ["one"] }))
        .addNode("two", async (_, ctx) => {
          await ctx.step("mail", () => void ran.push("mail"));
          if (slow) await held;
          return { trail: ["two"] };
        })
        .addEdge(START, "one")
        .addEdge("one", "two")
        .addEdge("two", END);
    const first = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
    const dying = make(true).compile({ name: "relay", checkpointer: first });
    const left = dying.invoke({}, { tenant, runId: "r1" });
    left.catch(() => {});
    await vi.waitFor(() => expect(ran).toEqual(["mail"]));
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
    const living = make(false).compile({ name: "relay", checkpointer: second });
    expect(await living.resume("r1", { tenant })).toMatchObject({
      status: "completed",
      state: { trail: ["one", "two"] },
    });
    expect(ran).toEqual(["mail"]);
    hold();
  });

  it("shows a run that is claimed while it is looked at", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, work: "elsewhere" });
    const graph = steps([]).compile({ name: "steps", checkpointer: flows });
    await storage.tenant(tenant).flows.create({ id: "r1", graph: "steps", version: "1", input: {} });
    const stores = storage.tenant(tenant);
    const { get } = stores.flows;
    const claimed = vi.fn(() =>
      storage.queue.claim({
        ...{ owner: "other", leaseMs: 1_000, limit: 1 },
        graphs: [{ name: "steps", versions: ["1"] }],
      }),
    );
    vi.spyOn(storage, "tenant").mockReturnValue({
      ...stores,
      flows: {
        ...stores.flows,
        get: async (id, call) => {
          const record = await get.call(stores.flows, id, call);
          if (claimed.mock.calls.length === 0) await claimed();
          return record;
        },
      },
    });

    expect(await graph.getState("r1", { tenant })).toMatchObject({ status: "running", next: ["one"] });
    expect(claimed).toHaveBeenCalledTimes(1);
  });

  it("stops a run that is asked to, and says who asked", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
    const graph = new StateGraph({ verdict: z.string().optional() })
      .addNode("wait", async (_, ctx) => ({ verdict: await ctx.waitFor<string>("reply") }))
      .addEdge(START, "wait")
      .addEdge("wait", END)
      .compile({ checkpointer: flows });
    await graph.invoke({}, { tenant, runId: "r1" });
    expect(await graph.stop("r1", { by: "ada", reason: "wrong lead" }, { tenant })).toBe(true);
    await vi.waitFor(async () =>
      expect(await graph.getState("r1", { tenant })).toMatchObject({
        status: "cancelled",
        stop: { by: "ada" },
      }),
    );
    expect(await graph.deliver("r1", "reply", "late", { tenant })).toBe(false);
  });

  it("looks again when an effect is in the hands of a process that died", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, pollMs: 20 });
    const leaseUntil = new Date(Date.now() + 50).toISOString();
    let tries = 0;
    const graph = new StateGraph({ sent: z.boolean().optional() })
      .addNode("send", () => {
        if (++tries > 1) return { sent: true };
        throw new SalesAgentError("effect.in_progress", {
          message: "another process is at it",
          facts: { key: "k", effect: "mail", leaseUntil },
          replay: "safe",
        });
      })
      .addEdge(START, "send")
      .addEdge("send", END)
      .compile({ checkpointer: flows });

    expect(await graph.invoke({}, { tenant })).toMatchObject({ status: "completed", state: { sent: true } });
    expect(tries).toBe(2);
  });

  it("does not keep a long transcript again and again", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage });
    const steps = 300;
    const graph = new StateGraph({
      transcript: field<string[]>({ reduce: (all, more) => [...all, ...more], default: () => [] }),
    })
      .addNode("say", () => ({ transcript: ["x".repeat(100)] }))
      .addEdge(START, "say")
      .addConditionalEdges("say", ({ transcript }) => (transcript.length <= steps ? "say" : END), [
        "say",
        END,
      ])
      .compile({ recursionLimit: 1_000, checkpointer: flows });
    await graph.invoke({ transcript: ["y".repeat(200_000)] }, { tenant, runId: "r1" });

    let bytes = 0;
    let after: string | undefined;
    do {
      const page = await storage.tenant(tenant).flows.history("r1", after === undefined ? {} : { after });
      for (const checkpoint of page.items) bytes += JSON.stringify(checkpoint).length;
      after = page.next;
    } while (after !== undefined);
    expect(bytes).toBeLessThan(400_000);
    expect((await graph.getState("r1", { tenant }))?.state.transcript).toHaveLength(steps + 1);
  });

  it("keeps a failure on record, and forks from before it", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage });
    let broken = true;
    const graph = new StateGraph({ done: z.boolean().optional() })
      .addNode("first", () => ({ done: false }))
      .addNode("second", () => {
        if (broken) throw new Error("no such company");
        return { done: true };
      })
      .addEdge(START, "first")
      .addEdge("first", "second")
      .addEdge("second", END)
      .compile({ checkpointer: flows });
    await expect(graph.invoke({}, { tenant, runId: "r1" })).rejects.toMatchObject({
      code: "graph.node_failed",
      facts: { node: "second" },
    });
    expect(await graph.getState("r1", { tenant })).toMatchObject({ status: "failed", superstep: 1 });

    broken = false;
    const fork = await graph.fork("r1", { tenant });
    expect(await graph.resume(fork, { tenant })).toMatchObject({
      status: "completed",
      state: { done: true },
    });
    expect(await graph.getState(fork, { tenant })).toMatchObject({ forkOf: { runId: "r1", superstep: 1 } });
  });
});
