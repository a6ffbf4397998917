import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { Command, END, field, memoryCheckpointer, Send, START, StateGraph } from "./index.js";

const list = () => field<string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] });

describe("a graph", () => {
  it("loops while a condition says so", async () => {
    const graph = new StateGraph({ count: field({ default: () => 0 }) })
      .addNode("add", ({ count }) => ({ count: count + 1 }))
      .addEdge(START, "add")
      .addConditionalEdges("add", ({ count }) => (count < 3 ? "add" : END), ["add", END])
      .compile({ name: "counter" });

    const outcome = await graph.invoke({});

    expect(outcome).toMatchObject({ status: "completed", state: { count: 3 } });
    expectTypeOf(outcome.state.count).toEqualTypeOf<number>();
  });

  it("fans out by Send and joins", async () => {
    const graph = new StateGraph({ names: z.array(z.string()), told: list() })
      .addNode("split", () => undefined)
      .addNode("greet", (name: string) => ({ told: [`hello ${name}`] }))
      .addNode("end", ({ told }) => ({ told: [`${told.length} told`] }))
      .addEdge(START, "split")
      .addConditionalEdges("split", ({ names }) => names.map((name) => new Send("greet", name)), ["greet"])
      .addEdge("greet", "end")
      .addEdge("end", END)
      .compile();

    const { state } = await graph.invoke({ names: ["Ann", "Bo"] });

    expect(state.told).toEqual(["hello Ann", "hello Bo", "2 told"]);
  });

  it("waits for an answer and goes on with it", async () => {
    const graph = new StateGraph({ answer: field<string>() })
      .addNode("ask", (_state, ctx) => new Command({ update: { answer: ctx.interrupt<string>("name?") } }))
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ checkpointer: memoryCheckpointer() });

    const asked = await graph.invoke({}, { runId: "r1" });
    expect(asked).toMatchObject({ status: "waiting", on: [{ kind: "interrupt", payload: "name?" }] });
    expect(await graph.resume("r1", { answer: "Ann" })).toMatchObject({
      status: "completed",
      state: { answer: "Ann" },
    });
  });
});
