import { describe, expect, it } from "vitest";
import { Command, END, field, Send, START, StateGraph } from "./index.js";

const texts = () => field<string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] });

describe("where it goes on", () => {
  it("is told by a command, in place of the edges", async () => {
    const graph = new StateGraph({ log: texts() })
      .addNode("b", () => ({ log: ["b"] }))
      .addNode("c", () => ({ log: ["c"] }))
      .addNode("a", () => new Command({ update: { log: ["a"] }, goto: "c" }), { ends: ["c"] })
      .addEdge(START, "a")
      .addEdge("a", "b")
      .addEdge("b", END)
      .addEdge("c", END)
      .compile();
    expect((await graph.invoke({})).state.log).toEqual(["a", "c"]);
  });

  it("is an error where a command leads to what its ends don't name, or a node must go on and does not", async () => {
    const build = (given: unknown) =>
      new StateGraph({ log: texts() })
        .addNode("b", () => undefined)
        .addNode("a", () => given as undefined, { ends: ["b"] })
        .addEdge(START, "a")
        .addEdge("b", END)
        .compile();
    await expect(build(new Command({ goto: END })).invoke({})).rejects.toMatchObject({
      code: "graph.invalid",
      facts: { issues: [{ path: "a", message: expect.stringContaining("ends") }] },
    });
    await expect(build(undefined).invoke({})).rejects.toMatchObject({ code: "graph.invalid" });
    expect(await build(new Command({ goto: "b" })).invoke({})).toMatchObject({ status: "completed" });
  });

  it("is chosen once, after all of the superstep is written", async () => {
    const seen: number[] = [];
    const graph = new StateGraph({ log: texts() })
      .addNode("work", (item: string) => ({ log: [item] }))
      .addConditionalEdges(START, () => [new Send("work", "x"), new Send("work", "y")], ["work"])
      .addConditionalEdges(
        "work",
        async ({ log }) => {
          seen.push(log.length);
          return END;
        },
        [END],
      )
      .compile();
    await graph.invoke({});
    expect(seen).toEqual([2]);
  });

  it("is an error where a condition says what is no node", async () => {
    const graph = new StateGraph({ log: texts() })
      .addNode("a", () => undefined)
      .addConditionalEdges(START, () => "a", { a: "a" })
      .addConditionalEdges("a", (): string => "elsewhere")
      .compile();
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.invalid",
      facts: { issues: [{ path: "a", message: expect.stringContaining('"elsewhere"') }] },
    });
  });

  it("joins branches of different lengths once, when all have come", async () => {
    const graph = new StateGraph({ log: texts() })
      .addNode("short", () => ({ log: ["short"] }))
      .addNode("long", () => ({ log: ["long"] }))
      .addNode("longer", () => ({ log: ["longer"] }))
      .addNode("end", ({ log }) => ({ log: [`${log.length} before`] }))
      .addEdge(START, "short")
      .addEdge(START, "long")
      .addEdge("long", "longer")
      .addEdge(["short", "longer"], "end")
      .addEdge("end", END)
      .compile();
    expect((await graph.invoke({})).state.log).toEqual(["short", "long", "longer", "3 before"]);
  });

  it("is an error where a join waits for a branch that was never taken", async () => {
    const graph = new StateGraph({ log: texts() })
      .addNode("a", () => undefined)
      .addNode("b", () => undefined)
      .addNode("both", () => undefined)
      .addConditionalEdges(START, () => "a" as const, ["a", "b"])
      .addEdge(["a", "b"], "both")
      .addEdge("both", END)
      .compile({ name: "g" });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.join_stalled",
      facts: { graph: "g", node: "both", missing: ["b"] },
    });
  });

  it("ends at the limit of supersteps", async () => {
    const graph = new StateGraph({ n: field({ default: () => 0 }) })
      .addNode("a", ({ n }) => ({ n: n + 1 }))
      .addEdge(START, "a")
      .addConditionalEdges("a", ({ n }) => (n < 30 ? "a" : END), ["a", END])
      .compile({ name: "g" });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.recursion_limit",
      facts: { graph: "g", limit: 25 },
    });
    expect((await graph.invoke({}, { recursionLimit: 30 })).state.n).toBe(30);
  });

  it("may be the end at once", async () => {
    const graph = new StateGraph({ n: field({ default: () => 0 }) })
      .addNode("a", () => ({ n: 1 }))
      .addConditionalEdges(START, ({ n }) => (n > 0 ? "a" : END), ["a", END])
      .addEdge("a", END)
      .compile();
    expect(await graph.invoke({})).toMatchObject({ status: "completed", state: { n: 0 } });
  });
});
