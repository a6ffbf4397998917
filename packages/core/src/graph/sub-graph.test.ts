import { describe, expect, it, vi } from "vitest";
import { END, field, type GraphEvent, memoryCheckpointer, Send, START, StateGraph } from "./index.js";

const texts = () => field<string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] });

/** Two nodes that append to `log` and write `mood`, which the outer graph has too, and `own`, which it has not. */
const inner = () =>
  new StateGraph({ log: texts(), mood: field<string>(), own: field({ default: () => 0 }) })
    .addNode("first", ({ log }) => ({ log: [`first sees ${log.length}`], own: 1 }))
    .addNode("second", ({ own }) => ({ log: [`second, own ${own}`], mood: "fine" }))
    .addEdge(START, "first")
    .addEdge("first", "second")
    .addEdge("second", END)
    .compile({ name: "inner" });

describe("a sub-graph", () => {
  it("shares the fields of the same name, and passes on what it appended, not what was there", async () => {
    const graph = new StateGraph({ log: texts(), mood: field({ default: () => "unknown" }), other: texts() })
      .addNode("before", () => ({ log: ["before"] }))
      .addNode("inside", inner())
      .addEdge(START, "before")
      .addEdge("before", "inside")
      .addEdge("inside", END)
      .compile();

    const { state } = await graph.invoke({});
    expect(state).toEqual({ log: ["before", "first sees 1", "second, own 1"], mood: "fine", other: [] });
  });

  it("does not write what it has only read: two run side by side", async () => {
    const reader = new StateGraph({ log: texts(), mood: field<string>() })
      .addNode("read", ({ mood }) => ({ log: [`reads ${mood}`] }))
      .addEdge(START, "read")
      .addEdge("read", END)
      .compile();
    const graph = new StateGraph({ log: texts(), mood: field<string>() })
      .addNode("a", reader)
      .addNode("b", reader)
      .addEdge(START, "a")
      .addEdge(START, "b")
      .addNode("end", () => undefined)
      .addEdge(["a", "b"], "end")
      .addEdge("end", END);

    const { state } = await graph.compile().invoke({ mood: "calm" });
    expect(state.log).toEqual(["reads calm", "reads calm"]);
  });

  it("is given and gives what the functions say, also for items that are sent", async () => {
    const square = new StateGraph({
      side: field<number>({ default: () => 0 }),
      area: field({ default: () => 0 }),
    })
      .addNode("multiply", ({ side }) => ({ area: side * side }))
      .addEdge(START, "multiply")
      .addEdge("multiply", END)
      .compile();
    const graph = new StateGraph({
      areas: field<number[]>({ reduce: (a, b) => [...a, ...b], default: () => [] }),
    })
      .addNode("square", square, { output: ({ area }) => ({ areas: [area] }) })
      .addConditionalEdges(START, () => [2, 3].map((side) => new Send("square", { side })))
      .addEdge("square", END);

    expect((await graph.compile().invoke({})).state.areas).toEqual([4, 9]);
  });

  it("waits through the graph around it, and goes on where it was", async () => {
    const draft = vi.fn(() => ({ log: ["drafted"] }));
    const mails = new StateGraph({ log: texts() })
      .addNode("draft", draft)
      .addNode("approve", (_state, ctx) => ({ log: [ctx.interrupt<string>("send?")] }))
      .addEdge(START, "draft")
      .addEdge("draft", "approve")
      .addEdge("approve", END)
      .compile({ name: "mails" });
    const graph = new StateGraph({ log: texts() })
      .addNode("mail", mails)
      .addEdge(START, "mail")
      .addEdge("mail", END)
      .compile({ checkpointer: memoryCheckpointer() });

    expect(await graph.invoke({}, { runId: "r" })).toMatchObject({
      status: "waiting",
      on: [{ node: "approve" }],
    });
    const { state } = await graph.resume("r", { answer: "sent" });
    expect(state.log).toEqual(["drafted", "sent"]);
    expect(draft).toHaveBeenCalledTimes(1);
  });

  it("tells what happens in it, with the way to it", async () => {
    const graph = new StateGraph({ log: texts() })
      .addNode("inside", inner())
      .addEdge(START, "inside")
      .addEdge("inside", END)
      .compile();
    const events: GraphEvent[] = [];
    for await (const event of graph.stream({})) events.push(event as GraphEvent);

    const started = events.flatMap((it) =>
      it.type === "node-started" ? [[...it.path, it.node].join("/")] : [],
    );
    expect(started).toEqual(["inside", "inside/first", "inside/second"]);
  });

  it("fails under its own name", async () => {
    const broken = new StateGraph({ log: texts() })
      .addNode("break", () => {
        throw new Error("no");
      })
      .addEdge(START, "break")
      .addEdge("break", END)
      .compile({ name: "broken" });
    const graph = new StateGraph({ log: texts() })
      .addNode("inside", broken)
      .addEdge(START, "inside")
      .addEdge("inside", END)
      .compile();

    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.node_failed",
      facts: { graph: "broken", node: "break", attempts: 1 },
    });
  });
});
