import { describe, expect, it, vi } from "vitest";
import {
  END,
  field,
  type GraphEvent,
  memoryCheckpointer,
  START,
  StateGraph,
  type StreamMode,
} from "./index.js";

/** Adds until there are three, and tells of each. */
const counter = () =>
  new StateGraph({
    n: field({ default: () => 0 }),
    log: field<string[]>({ reduce: (a, b) => [...a, ...b], default: () => [] }),
  })
    .addNode("add", ({ n }, ctx) => {
      ctx.emit({ n });
      return { n: n + 1, log: [`add to ${n}`] };
    })
    .addEdge(START, "add")
    .addConditionalEdges("add", ({ n }) => (n < 3 ? "add" : END), ["add", END])
    .compile({ name: "counter", checkpointer: memoryCheckpointer(), newId: () => "made" });

const hanging = () =>
  new StateGraph({ n: field<number>() })
    .addNode(
      "hang",
      (_state, ctx) =>
        new Promise<undefined>((_, reject) => {
          ctx.signal.addEventListener("abort", () => reject(new Error("other")));
        }),
    )
    .addEdge(START, "hang")
    .addEdge("hang", END)
    .compile({ name: "hanging", checkpointer: memoryCheckpointer() });

async function typesOf(mode: StreamMode | readonly StreamMode[]): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const event of counter().stream({ n: 2 }, { mode })) types.push(event.type);
  return types;
}

describe("a stream", () => {
  it("tells all that happens, in order", async () => {
    expect(await typesOf("events")).toEqual([
      "run-started",
      "state",
      "superstep-started",
      "node-started",
      "custom",
      "node-finished",
      "state",
      "run-completed",
    ]);
  });

  it("tells what is asked for, and the end", async () => {
    expect(await typesOf("values")).toEqual(["state", "state", "run-completed"]);
    expect(await typesOf("updates")).toEqual(["node-finished", "run-completed"]);
    expect(await typesOf(["custom", "updates"])).toEqual(["custom", "node-finished", "run-completed"]);
    expect(() => counter().stream({}, { mode: "all" as never })).toThrow(/stream.mode/);
  });

  it("has a result, and runs only when it is read", async () => {
    const graph = counter();
    const stream = graph.stream({});
    expect(await graph.getState("made")).toBeUndefined();
    expect(await stream.result()).toMatchObject({ status: "completed", state: { n: 3 } });
  });

  it("is left with break: the run stops where it is, and can be resumed", async () => {
    const graph = counter();
    for await (const event of graph.stream({}, { mode: "updates" }))
      if (event.type === "node-finished") break;
    await Promise.resolve();
    const left = await graph.getState("made");
    expect(left?.status).toBe("pending");
    expect(left?.superstep).toBeLessThan(3);
    expect((await graph.resume("made")).state.log).toEqual(["add to 0", "add to 1", "add to 2"]);
  });

  it("throws after what was told before", async () => {
    const graph = new StateGraph({ n: field<number>() })
      .addNode("fail", () => Promise.reject(new Error("no")))
      .addEdge(START, "fail")
      .addEdge("fail", END)
      .compile();
    const events: GraphEvent["type"][] = [];
    const read = async () => {
      for await (const { type } of graph.stream({})) events.push(type);
    };
    await expect(read()).rejects.toMatchObject({ code: "graph.node_failed" });
    expect(events).toEqual(["run-started", "state", "superstep-started", "node-started"]);
  });

  it("ends with what the run waits for, and another goes on", async () => {
    const graph = new StateGraph({ got: field<string>() })
      .addNode("ask", (_state, ctx) => ({ got: ctx.interrupt<string>("?") }))
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ checkpointer: memoryCheckpointer() });
    expect(await graph.stream({}, { runId: "r" }).result()).toMatchObject({
      status: "waiting",
      on: [{ payload: "?" }],
    });
    const types: string[] = [];
    for await (const { type } of graph.resumeStream("r", { answer: "yes", mode: "values" })) types.push(type);
    expect(types).toEqual(["state", "state", "run-completed"]);
  });
});

describe("a kept run", () => {
  it("shows its state and its history, latest first", async () => {
    const graph = counter();
    await graph.invoke({ n: 1 }, { threadId: "t" });
    expect(await graph.getState("made")).toMatchObject({
      status: "completed",
      superstep: 2,
      state: { n: 3 },
      next: [],
      threadId: "t",
    });
    const history = await graph.getHistory("made");
    expect(history.map(({ superstep, state, next }) => [superstep, state.n, next])).toEqual([
      [2, 3, []],
      [1, 2, ["add"]],
      [0, 1, ["add"]],
    ]);
    expect(history[0]?.writes).toEqual([{ node: "add", update: { n: 3, log: ["add to 2"] } }]);
    expect(await graph.getState("other")).toBeUndefined();
    expect(await graph.getHistory("other")).toEqual([]);
  });

  it("is begun without a wait, and goes on by itself", async () => {
    const graph = counter();
    const runId = await graph.begin({ n: 1 });
    await vi.waitFor(async () =>
      expect(await graph.getState(runId)).toMatchObject({ status: "completed", state: { n: 3 } }),
    );
  });

  it("is read back over many snapshots", async () => {
    const graph = new StateGraph({
      log: field<number[]>({ reduce: (a, b) => [...a, ...b], default: () => [] }),
    })
      .addNode("add", ({ log }) => ({ log: [log.length] }))
      .addEdge(START, "add")
      .addConditionalEdges("add", ({ log }) => (log.length < 120 ? "add" : END), ["add", END])
      .compile({ recursionLimit: 200, checkpointer: memoryCheckpointer() });
    await graph.invoke({}, { runId: "r" });
    const history = await graph.getHistory("r");
    expect(history.map(({ state }) => state.log.length)).toEqual(
      Array.from({ length: 121 }, (_, i) => 120 - i),
    );
    for (const superstep of [0, 49, 50, 51, 119]) {
      const id = await graph.fork("r", { superstep });
      expect((await graph.getState(id))?.state.log).toHaveLength(superstep);
    }
  });

  it("is forked from its past, with a change", async () => {
    const graph = counter();
    await graph.invoke({}, { runId: "r" });
    await expect(graph.fork("r", { superstep: 9 })).rejects.toThrow(/fork.superstep/);
    const id = await graph.fork("r", { superstep: 1, update: { n: 2, log: ["changed"] } });
    expect(await graph.getState(id)).toMatchObject({
      status: "pending",
      forkOf: { runId: "r", superstep: 1 },
    });
    expect((await graph.resume(id)).state).toEqual({ n: 3, log: ["add to 0", "changed", "add to 2"] });
    expect((await graph.getState("r"))?.state.log).toEqual(["add to 0", "add to 1", "add to 2"]);
  });

  it("is stopped for good, also while it runs", async () => {
    const graph = hanging();
    const running = graph.invoke({}, { runId: "r" });
    await Promise.resolve();
    expect(await graph.stop("r", { by: "ann", reason: "wrong list" })).toBe(true);
    await expect(running).rejects.toMatchObject({
      code: "graph.stopped",
      facts: { runId: "r", by: "ann", reason: "wrong list" },
    });
    expect(await graph.getState("r")).toMatchObject({
      status: "cancelled",
      stop: { by: "ann", reason: "wrong list" },
    });
    await expect(graph.resume("r")).rejects.toMatchObject({
      code: "flow.wrong_state",
      facts: { status: "cancelled" },
    });
    expect(await graph.stop("r", { by: "ann", reason: "again" })).toBe(false);
  });

  it("is not stopped by a caller who leaves", async () => {
    const graph = hanging();
    const caller = new AbortController();
    const running = graph.invoke({}, { runId: "r", signal: caller.signal });
    await Promise.resolve();
    caller.abort(new Error("left"));
    await expect(running).rejects.toThrow("left");
    expect(await graph.getState("r")).toMatchObject({ status: "pending", next: ["hang"] });
  });

  it("is run by one caller at a time, and belongs to its tenant", async () => {
    const graph = hanging();
    const caller = new AbortController();
    const running = graph.invoke({}, { runId: "r", tenant: "acme", signal: caller.signal });
    await expect(graph.resume("r", { tenant: "acme" })).rejects.toMatchObject({
      facts: { status: "running" },
    });
    await expect(graph.invoke({}, { runId: "r", tenant: "acme" })).rejects.toMatchObject({
      code: "flow.wrong_state",
    });
    await expect(graph.resume("r", { tenant: "other" })).rejects.toMatchObject({
      facts: { status: "unknown" },
    });
    expect(await graph.getState("r")).toBeUndefined();
    expect(await graph.stop("r", { by: "x", reason: "y" }, { tenant: "other" })).toBe(false);
    caller.abort(new Error("done"));
    await expect(running).rejects.toThrow("done");
  });

  it("leaves when there are too many, those that ended first", async () => {
    const graph = new StateGraph({ got: field<string>(), ask: field({ default: () => false }) })
      .addNode("a", ({ ask }, ctx) => ({ got: ask ? ctx.interrupt<string>("?") : "none" }))
      .addEdge(START, "a")
      .addEdge("a", END)
      .compile({ checkpointer: memoryCheckpointer({ maxRuns: 2 }) });
    await graph.invoke({ ask: true }, { runId: "waits" });
    await graph.invoke({}, { runId: "ended" });
    await graph.invoke({}, { runId: "last" });
    expect(await graph.getState("waits")).toBeDefined();
    expect(await graph.getState("ended")).toBeUndefined();
    expect(await graph.getState("last")).toBeDefined();
  });

  it("does not exist when its input was refused", async () => {
    const graph = counter();
    await expect(graph.invoke({ typo: 1 } as never, { runId: "r" })).rejects.toMatchObject({
      code: "graph.state_invalid",
    });
    expect(await graph.getState("r")).toBeUndefined();
  });
});
